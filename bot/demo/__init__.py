"""The demo: the real bot on a simulated Discord, shown as a page on this computer. Only this folder knows simcord."""
