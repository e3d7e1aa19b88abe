"""The test chat as a web page that this machine alone can reach."""
