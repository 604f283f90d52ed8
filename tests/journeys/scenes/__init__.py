"""The scenes of the story, one file each. All persons and routings are made up."""
