"""Texts in label folders, on disk and in an archive."""

import io
import shutil
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError, SeqkitError, UsageError

TREE = {
    "imdb/train/pos/1_9.txt": b"Good.",
    "imdb/train/neg/0_1.txt": b"Bad.",
    "imdb/test/pos/7.txt": "Très bon.".encode(),
    "imdb/test/neg/3.txt": b"",
}
OTHERS = {
    "imdb/README": b"About.",
    "imdb/words.txt": b"good bad",
    "imdb/train/urls_pos.txt": b"http",
    "imdb/train/all.feat": b"1 0:1",
    "imdb/train/unsup/0_0.txt": b"?",
    "imdb/train/pos/.hidden.txt": b"\x00",
    "imdb/train/pos/scores.csv": b"1,9",
    "imdb/extra/odd/5.txt": b"neither train nor test",
    "__MACOSX/train/pos/._1_9.txt": b"\x00\x05",
    "__MACOSX/train/pos/1.txt": b"\x00\x05",
}
FORMS = {
    "x.tar": "tar",
    "x.tar.gz": "gztar",
    "x.tgz": "gztar",
    "x.zip": "zip",
    "tar without an ending": "tar",
    "packed without an ending": "gztar",
}


def unpack(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def read_packed(tmp_path: Path, files: dict[str, bytes], name: str):
    """Examples of an archive that also has members for its folders, as usual tools write it."""
    root = tmp_path / "unpacked"
    root.mkdir()
    made = shutil.make_archive(str(tmp_path / "made"), FORMS[name], unpack(files, root))
    return read_examples(Path(made).rename(tmp_path / name))


@pytest.mark.parametrize("name", [*FORMS, "folder"])
def test_folder_above_the_labels_is_the_part(tmp_path, name):
    files = {**OTHERS, **TREE}
    if name == "folder":
        frame = read_examples(unpack(files, tmp_path) / "imdb")
        form = "folders"
    else:
        frame = read_packed(tmp_path, files, name)
        form = "folders in ZIP" if name.endswith(".zip") else "folders in TAR"
    assert frame.to_dict("list") == {
        "text": ["", "Très bon.", "Bad.", "Good."],
        "label": ["neg", "pos", "neg", "pos"],
        "part": ["test", "test", "train", "train"],
    }
    assert frame.attrs["format"] == form and frame.attrs["source"] == ("imdb" if name == "folder" else name)
    unlabelled, left = frame.attrs["notes"]
    assert unlabelled == "skipped 1 file in a folder without a label"
    assert left.startswith("skipped 7 other files: " if name == "folder" else "skipped 9 other files: ")
    assert "README" in left


@pytest.mark.parametrize("above", ["", "data/", "data/inner/"])
@pytest.mark.parametrize("name", ["x.tgz", "x.zip"])
def test_label_folders_may_be_nested_in_other_folders(tmp_path, name, above):
    files = {"pos/b.txt": b"B", "neg/a.TXT": b"A", "about.txt": b"no example"}
    files |= {f"pos/deeper/{number}.txt": b"C" for number in range(3)}
    frame = read_packed(tmp_path, {above + path: content for path, content in files.items()}, name)
    assert frame.to_dict("list") == {"text": ["A", "B"], "label": ["neg", "pos"]}
    assert frame.attrs["notes"] == [
        f"skipped 4 other files: '{above}about.txt', '{above}pos/deeper/0.txt', '{above}pos/deeper/1.txt' and 1 more"
    ]


@pytest.mark.parametrize(
    ("folder", "part"),
    [("train", "train"), ("Training", "train"), ("valid", "validation"), ("val", "validation"), ("dev", "validation")],
)
def test_usual_names_of_parts_are_recognised(tmp_path, folder, part):
    frame = read_examples(unpack({f"{folder}/a/1.txt": b"x", f"{folder}/b/1.txt": b"y"}, tmp_path))
    assert frame["part"].tolist() == [part, part] and frame["label"].tolist() == ["a", "b"]
    assert frame.attrs["notes"] == []


def test_links_are_followed_and_cycles_end(tmp_path):
    unpack({"elsewhere/1.txt": b"x", "root/b/1.txt": b"y"}, tmp_path)
    (tmp_path / "root/a").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root/b/again").symlink_to(tmp_path / "root")
    frame = read_examples(tmp_path / "root")
    assert frame.to_dict("list") == {"text": ["x", "y"], "label": ["a", "b"]}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "contains no texts in label folders.*It is empty"),
        ({"a.csv": b"", "b.txt": b""}, r"contains no texts in label folders.*It contains: 'a\.csv', 'b\.txt'"),
        ({"train/1.txt": b"", "test/1.txt": b""}, "contains no texts in label folders"),
        ({"en/pos/1.txt": b"", "de/pos/1.txt": b""}, "in multiple places: 'de', 'en'"),
        ({"x/train/pos/1.txt": b"", "y/train/pos/1.txt": b""}, "in multiple places: 'x', 'y'"),
    ],
)
def test_tree_without_label_folders_is_refused_with_its_content(tmp_path, files, message):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(UsageError, match=message):
        read_examples(unpack(files, folder))
    with pytest.raises(UsageError, match=message):
        read_packed(tmp_path, files, "x.zip")


def test_unreadable_text_is_named(tmp_path):
    unpack({"a/1.txt": b"x", "b/1.txt": b"y \\ud83d"}, tmp_path)
    with pytest.raises(DataError, match=r"b/1\.txt contains half of a surrogate pair"):
        read_examples(tmp_path, encoding="raw_unicode_escape")
    (tmp_path / "a/2.txt").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SeqkitError, match=r"a/2\.txt cannot be read: No such file or directory"):
        read_examples(tmp_path)


def test_current_folder_is_called_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(unpack({"a/1.txt": b"x", "b/1.txt": b"y"}, tmp_path))
    assert read_examples(".").attrs["source"] == tmp_path.name


def test_member_in_another_encoding_is_named_with_the_flag(tmp_path):
    files = {"a/1.txt": b"fine", "b/2.txt": "Größe und Länge".encode("latin-1")}
    with pytest.raises(DataError, match=r"x\.tar: 'b/2\.txt' is not UTF-8: .*--encoding latin-1"):
        read_packed(tmp_path, files, "x.tar")
    frame = read_examples(tmp_path / "x.tar", encoding="latin-1")
    assert frame["text"].tolist() == ["fine", "Größe und Länge"]


@pytest.mark.parametrize(("label", "shown"), [("b\n", r"b\\n"), ("  ", "  ")])
def test_unprintable_label_is_refused(tmp_path, label, shown):
    files = {"a/1.txt": b"x", f"{label}/1.txt": b"y"}
    with pytest.raises(DataError, match=rf"a folder '{shown}', whose name is not a valid label"):
        read_packed(tmp_path, files, "x.tar")


MESSAGES = {
    "news/sci.space/60794": b"Orbit.",
    "news/sci.space/60795": b"Moon.",
    "news/rec.autos/101.7": b"Wheel.",
    "news/rec.autos/.index": b"hidden",
    "news/rec.autos/list.csv": b"7",
    "news/README": b"About.",
    "news/words.txt": b"orbit",
}


@pytest.mark.parametrize("name", ["folder", "x.tgz", "x.zip"])
def test_files_without_a_suffix_are_read_where_txt_files_are_not(tmp_path, name):
    is_folder = name == "folder"
    frame = read_examples(unpack(MESSAGES, tmp_path)) if is_folder else read_packed(tmp_path, MESSAGES, name)
    assert frame.to_dict("list") == {
        "text": ["Wheel.", "Orbit.", "Moon."],
        "label": ["rec.autos", "sci.space", "sci.space"],
    }
    note, skipped = frame.attrs["notes"]
    assert note == "fewer than two label folders contain .txt files; read the files without a suffix"
    assert skipped.startswith("skipped 4 other files: 'news/README', 'news/rec.autos/.index'")


def test_txt_files_go_before_files_without_a_suffix(tmp_path):
    frame = read_examples(unpack({"a/1.txt": b"x", "b/1.txt": b"y", "b/2": b"z"}, tmp_path))
    assert frame["text"].tolist() == ["x", "y"] and frame.attrs["notes"] == ["skipped 1 other file: 'b/2'"]


def zipped_without_flag(tmp_path, names: list[str], encoding: str):
    """An archive as old tools write it: names in a code page, and no flag for UTF-8."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(f"{number}" * len(name.encode(encoding)), f"text {number}")
    content = path.read_bytes()
    for number, name in enumerate(names):
        content = content.replace(f"{number}".encode() * len(name.encode(encoding)), name.encode(encoding))
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoding", "labels"),
    [
        ("cp437", ["Größe", "Länge"]),
        ("cp932", ["ソート", "ポジ"]),
        ("euc-kr", ["긍정", "부정"]),
        ("utf-8", ["긍정", "é"]),
    ],
)
def test_names_in_an_old_code_page_are_read_in_the_encoding(tmp_path, encoding, labels):
    path = zipped_without_flag(tmp_path, [f"{label}/a.txt" for label in labels], encoding)
    frame = read_examples(path, encoding=encoding)
    assert dict(zip(frame["label"], frame["text"], strict=True)) == dict(zip(labels, ["text 0", "text 1"], strict=True))
    if encoding != "utf-8":
        with pytest.raises(
            DataError, match=r"whose name is not UTF-8\. If its texts .* with --encoding, such as cp437"
        ):
            read_examples(path)


def test_names_of_texts_may_be_in_any_encoding(tmp_path):
    path = zipped_without_flag(tmp_path, ["pos/Größe.txt", "neg/Länge.txt"], "cp437")
    assert sorted(read_examples(path)["label"]) == ["neg", "pos"]


def test_tar_names_are_read_in_the_encoding_too(tmp_path):
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w", encoding="cp949", format=tarfile.GNU_FORMAT) as archive:
        for label in ("긍정", "부정"):
            member = tarfile.TarInfo(f"{label}/1.txt")
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
    assert read_examples(path, encoding="cp949")["label"].tolist() == ["긍정", "부정"]
    with pytest.raises(DataError, match="whose name is not UTF-8"):
        read_examples(path)


def test_windows_paths_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("pos\\1.txt", "x")
        archive.writestr("neg\\1.txt", "y")
    frame = read_examples(tmp_path / "x.zip")
    assert frame.to_dict("list") == {"text": ["y", "x"], "label": ["neg", "pos"]}


def test_film_reviews_are_read_from_their_archive(requires_data):
    frame = read_examples(requires_data("imdb/aclImdb_v1.tar.gz"))
    assert Counter(zip(frame["part"], frame["label"], strict=True)) == {
        (part, label): 12_500 for part in ("train", "test") for label in ("pos", "neg")
    }
    assert int(frame["text"].map(lambda text: len(text.encode())).sum()) == 65_483_508
    assert frame["text"][0].startswith("Once again Mr. Costner has dragged out a movie for far longer than necessary.")
    assert frame.attrs["notes"] == ["skipped 2 other files: 'aclImdb/README', 'aclImdb/imdb.vocab'"]
