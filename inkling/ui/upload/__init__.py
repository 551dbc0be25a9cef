"""The Upload page: files, the pages read from them, their correction and their exports."""
