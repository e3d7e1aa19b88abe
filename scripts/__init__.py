"""Seeds that add missing example data and change nothing, and the tools of developers."""
