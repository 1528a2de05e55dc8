"""What the pages have done in the world, one module for each part of a call; ``registry`` finds the right one."""
