"""What the pages have done in the world, one room for each part of a call; ``ivr.effects`` finds the right one."""
