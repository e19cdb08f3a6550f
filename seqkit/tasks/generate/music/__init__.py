"""The generate task on music: pieces of several voices, continued, harmonised and scored."""
