"""What people read who read no code: the script of the product, its check, and the diagram of its calls."""
