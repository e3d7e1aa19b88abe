# `sam build` calls `build-<logical id>` for each function; all but one get the same artefact.
build-%:
	python3 -m console.artefact "$(ARTIFACTS_DIR)"

build-McpServerFunction:
	python3 -m console.artefact "$(ARTIFACTS_DIR)" --mcp-server
