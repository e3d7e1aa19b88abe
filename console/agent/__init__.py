"""What a Bedrock agent does: read the schemas, choose operations, ask, confirm and answer."""
