"""`seqkit export`."""

from click.testing import CliRunner

from seqkit.cli import main


def test_export_writes_the_folder_and_names_its_files(small_run, tmp_path):
    done = CliRunner().invoke(main, ["export", str(small_run), "--to", str(tmp_path / "out")])
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"{tmp_path / 'out'}: example_reader.py, model.onnx, preprocessing.json, rows.csv\n"
    again = CliRunner().invoke(main, ["export", str(small_run), "--to", str(tmp_path / "out")])
    assert again.exit_code == 2 and "add --overwrite" in again.stderr


def test_every_command_is_listed_once(done, refused):
    lines = done("--help").stdout.splitlines()
    names = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :] if line[2:3].strip()]
    assert len(names) == len(set(names)) and "export" in names
    assert "export, export" not in refused("zzz", code=2)
