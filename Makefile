# `sam build` calls `build-<logical id>` for each function; all of them get the same artefact.
build-%:
	python3 -m console.artefact "$(ARTIFACTS_DIR)"
