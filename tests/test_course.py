"""The command line: sync, run, doctor, and the traps of executing notebooks."""

import base64
import importlib.metadata
import io
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat
import pytest

from cnnkit import __main__ as command_line
from cnnkit.course import doctor, kernels, lectures, run, sync

ROOT = Path(__file__).resolve().parents[1]


def course(folder, **sources):
    """Lays out a course with the given Markdown sources."""
    (folder / "notebooks" / "source").mkdir(parents=True, exist_ok=True)
    for name, text in sources.items():
        path = folder / "notebooks" / "source" / f"{name.lstrip('_')}.md"
        path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return folder


def store(folder, name, *code):
    """Writes a notebook that has not been executed."""
    cells = [nbformat.v4.new_markdown_cell(f"# {int(name[:2])} · {name}")]
    cells += [nbformat.v4.new_code_cell(source) for source in code]
    notebook = nbformat.v4.new_notebook(cells=cells)
    sync.set_ids(notebook)
    path = folder / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def cnnkit(*arguments, **settings):
    command = [sys.executable, "-m", "cnnkit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **settings)


GOOD = """
    ---
    kernelspec:
      display_name: Python 3
      language: python
      name: python3
    ---

    # 1 · Good

    We look at the surroundings.

    ```{code-cell} ipython3
    import os
    # What a lecture has drawn is kept here; nothing that the user has may be seen.
    print(os.environ["CNNKIT_OFFLINE"], sorted({*os.listdir(os.environ["CNNKIT_DATA"])} - {"drawn"}))
    ```

    C++ code writes to file descriptor 2. So do we.

    ```{code-cell} ipython3
    _ = os.system("echo from C >&2")
    _ = os.write(2, b"from C++")
    ```

    A picture.

    ```{code-cell} ipython3
    :tags: [nbval-ignore-output]

    import matplotlib.pyplot as plt
    from cnnkit import plot

    fig, ax = plt.subplots(figsize=(2, 1))
    ax.plot([1, 2])
    plot.describe(fig, "A line that rises from 1 to 2.")
    plt.show()
    ```

    *What to look at: the line.*

    ```{code-cell} ipython3
    1 + 1
    ```
"""


# Names


def test_lectures_are_found_by_number_name_and_path(tmp_path):
    there = {"01_a": 1, "03_convolution_1d": 3, "10_z": 10}
    assert lectures.select([], there) == there
    for word in ("3", "03", "03_convolution_1d", "notebooks/03_convolution_1d.ipynb"):
        assert list(lectures.select([word], there)) == ["03_convolution_1d"]
    assert list(lectures.select(["10", "1"], there)) == ["01_a", "10_z"]


def test_an_unknown_lecture_is_refused_with_the_list():
    there = {"01_a": 1, "03_convolution_1d": 3}
    expected = (
        r"received '03_convolutoin'\. Did you mean '03_convolution_1d'\? Use one of these:\n  01_a\n  03"
    )
    with pytest.raises(ValueError, match=expected):
        lectures.select(["03_convolutoin"], there)


def test_a_folder_without_lectures_is_refused(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"`notebooks/` in it; received .* change to a clone of the course"
    ):
        lectures.find_root(tmp_path)


def test_the_course_is_found_from_within(monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")
    assert lectures.find_root() == ROOT


def test_commands_answer_wrong_names_without_a_traceback(tmp_path, capsys):
    store(tmp_path, "01_a", "1")
    for command in ("run", "sync"):
        assert command_line.main([command, "99", "--root", str(tmp_path)]) == 2
        said = capsys.readouterr().err
        assert "received '99'" in said
        assert "Traceback" not in said
    assert command_line.main(["run", "--root", str(tmp_path / "nowhere")]) == 2
    assert "change to a clone" in capsys.readouterr().err


# sync


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A course of one lecture that was synced, and what the command said."""
    folder = course(tmp_path_factory.mktemp("course"), _01_good=GOOD)
    environ = {**os.environ, "CNNKIT_DATA": str(ROOT), "CNNKIT_OFFLINE": "0", "MPLBACKEND": "Agg"}
    done = cnnkit("sync", "--root", folder, env=environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done


def read(folder, name="01_good"):
    return nbformat.read(folder / "notebooks" / f"{name}.ipynb", as_version=4)


def test_sync_executes_offline_whatever_the_environment_says(synced):
    assert read(synced[0]).cells[1].outputs[0].text == "1 []\n"


def test_what_cpp_code_writes_goes_to_a_log_and_not_into_the_notebook(synced):
    folder, done = synced
    notebook = read(folder)
    assert not [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]
    assert "from C" not in done.stdout + done.stderr
    log = (folder / "build" / "kernels" / "kernels.log").read_text()
    assert "from C\n" in log
    assert "from C++" in log


def test_sync_gives_pictures_their_sentence_as_alt_text(synced):
    (output,) = read(synced[0]).cells[5].outputs
    assert output.data["text/plain"] == "A line that rises from 1 to 2."
    assert output.metadata["image/png"]["alt"] == "A line that rises from 1 to 2."


def test_sync_keeps_nothing_that_changes_from_run_to_run(synced):
    folder, _ = synced
    path = folder / "notebooks" / "01_good.ipynb"
    before = path.read_bytes()
    again = cnnkit("sync", "1", "--root", folder)
    assert "unchanged" in again.stdout
    assert path.read_bytes() == before
    notebook = read(folder)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert "version" not in notebook.metadata.language_info
    assert [cell.metadata.get("tags") for cell in notebook.cells if cell.metadata] == [
        ["nbval-ignore-output"]
    ]
    assert b"Software" not in base64.b64decode(notebook.cells[5].outputs[0].data["image/png"])


def test_an_edited_cell_is_the_only_one_with_a_new_id(tmp_path):
    folder = course(tmp_path, _01_good=GOOD, _02_edited=GOOD.replace("1 + 1", "1 + 2"))
    ours, edited = (
        sync.read_source(folder / "notebooks" / "source" / f"{name}.md") for name in ("01_good", "02_edited")
    )
    differing = [a.id != b.id for a, b in zip(ours.cells, edited.cells, strict=True)]
    assert differing == [False] * (len(differing) - 1) + [True]
    twice = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x") for _ in range(3)])
    sync.set_ids(twice)
    assert len({cell.id for cell in twice.cells}) == 3


def test_a_source_that_fails_leaves_the_stored_notebook_alone(tmp_path, capfd):
    folder = course(
        tmp_path,
        _01_bad="# 1 · Bad\n\n```{code-cell} ipython3\nx = 1\n```\n\n```{code-cell} ipython3\nx / 0\n```\n",
    )
    stored = store(folder, "01_bad", "x = 1")
    before = stored.read_bytes()
    assert command_line.main(["sync", "--root", str(folder)]) == 1
    said = capfd.readouterr()
    assert stored.read_bytes() == before
    assert "01_bad failed at cell 3: ZeroDivisionError: division by zero" in said.err
    assert "    x / 0" in said.err
    assert "Not written: 01_bad" in said.err


def test_an_author_hears_what_the_tests_would_refuse(tmp_path, capfd):
    folder = course(
        tmp_path,
        _01_odd="""
        # 1 · Odd

        ```{code-cell} ipython3
        import sys
        print("careful", file=sys.stderr)
        ```

        ```{code-cell} ipython3
        object()
        ```

        ```{code-cell} ipython3
        import matplotlib.pyplot as plt
        _ = plt.plot([1, 2])
        ```
        """,
    )
    assert command_line.main(["sync", "--root", str(folder)]) == 0
    said = capfd.readouterr().err
    assert "cell 2 writes to stderr: careful" in said
    assert "cell 3 prints an object's address: at 0x" in said
    assert "cell 4 has a picture without a sentence" in said


@pytest.mark.parametrize("colours", [2, 5000])
def test_pictures_are_packed_without_loss(colours):
    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, colours, (60, 80))
    rgba = np.stack([pixels % 256, pixels // 256 * 9, pixels * 0 + 7, pixels * 0 + 255], axis=-1).astype(
        "uint8"
    )
    raw = io.BytesIO()
    Image.fromarray(rgba).save(raw, format="PNG", compress_level=0)
    packed = base64.b64decode(sync._smaller(base64.b64encode(raw.getvalue()).decode()))
    assert len(packed) < len(raw.getvalue())
    with Image.open(io.BytesIO(packed)) as image:
        assert np.array_equal(np.asarray(image.convert("RGBA")), rgba)


def test_see_through_pictures_stay_see_through():
    import numpy as np
    from PIL import Image

    rgba = np.full((4, 4, 4), 100, "uint8")
    raw = io.BytesIO()
    Image.fromarray(rgba).save(raw, format="PNG")
    packed = base64.b64decode(sync._smaller(base64.b64encode(raw.getvalue()).decode()))
    with Image.open(io.BytesIO(packed)) as image:
        assert np.array_equal(np.asarray(image.convert("RGBA")), rgba)


# The pair in JupyterLab


@pytest.fixture
def pair(synced, tmp_path):
    """A copy of the course with its pairing; returns the notebook's path and its source's."""
    shutil.copytree(synced[0] / "notebooks", tmp_path / "notebooks")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path / "notebooks" / "01_good.ipynb", tmp_path / "notebooks" / "source" / "01_good.md"


def sync_pair(path, *, older):
    from jupytext.cli import jupytext

    os.utime(older, (1e9, 1e9))
    assert jupytext(["--sync", "--quiet", str(path)]) in (0, None)


def test_an_edit_in_the_notebook_reaches_its_source(pair):
    notebook, source = pair
    before = source.read_text()
    notebook.write_text(notebook.read_text().replace("1 + 1", "40 + 2"))
    sync_pair(notebook, older=source)
    assert source.read_text().endswith(before[before.index("# 1 · Good") :].replace("1 + 1", "40 + 2"))
    assert "jupytext_version" not in source.read_text()


def test_an_edit_in_the_source_reaches_the_notebook_and_keeps_its_outputs(pair):
    notebook, source = pair
    source.write_text(source.read_text().replace("We look at", "Let us look at"))
    sync_pair(source, older=notebook)
    cells = nbformat.read(notebook, as_version=4).cells
    assert cells[0].source.endswith("Let us look at the surroundings.")
    assert cells[1].outputs[0].text == "1 []\n"
    assert cells[5].outputs[0].metadata["image/png"]["alt"]


def test_the_pair_of_every_lecture_is_in_step_for_jupytext(tmp_path):
    """What JupyterLab would write on saving is what is stored: same cells, same header."""
    import jupytext

    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, source in lectures.find(ROOT / "notebooks" / "source", ".md").items():
        copy = tmp_path / "notebooks" / "source" / source.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
        text = copy.read_text(encoding="utf-8")
        config = jupytext.config.load_jupytext_config(str(copy))
        notebook = jupytext.reads(text, fmt="md:myst", config=config)
        written = jupytext.writes(notebook, fmt="md:myst", config=config)
        assert written == text, f"{name}: run `jupytext --sync {source.relative_to(ROOT)}`"


# run


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A course with a good, a failing, an endless, a dying and another good lecture, run by the command."""
    folder = tmp_path_factory.mktemp("run")
    store(
        folder,
        "01_good",
        "x = 1",
        "print('one', x)",
        "y = bytearray(60_000_000); len(y)",
        "import time; time.sleep(1)",
    )
    store(folder, "02_failing", "x = 1", "def f():\n    raise KeyError('digit')\n\nf()", "print('after')")
    store(folder, "03_endless", "while True:\n    pass")
    store(folder, "04_dying", "import os", "os._exit(3)")
    store(
        folder, "05_good", "import os\nopen('left.txt', 'w').write('x')\nprint(os.environ['CNNKIT_OFFLINE'])"
    )
    before = {path: path.read_bytes() for path in (folder / "notebooks").rglob("*")}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CNNKIT_")}
    done = cnnkit("run", "--no-site", "--cell-timeout", 3, "--root", folder, env=environ)
    assert {path: path.read_bytes() for path in (folder / "notebooks").rglob("*")} == before, (
        "it wrote into notebooks/"
    )
    return folder, done


def test_run_goes_on_past_lectures_that_fail(ran):
    folder, done = ran
    assert done.returncode == 1
    executed = nbformat.read(folder / "build" / "notebooks" / "05_good.ipynb", as_version=4)
    assert executed.cells[1].outputs[0].text == "1\n", "offline unless the user says otherwise"
    assert (folder / "build" / "notebooks" / "left.txt").exists()


def test_the_closing_table_names_cell_and_error(ran):
    _, done = ran
    table = done.stdout[done.stdout.index("lecture  ") :]
    assert re.search(r"^lecture +seconds +peak MB +result$", table, re.M)
    assert re.search(r"^01_good +\d+\.\d +\d+  passed$", table, re.M)
    assert re.search(r"^02_failing .* FAILED at cell 3: KeyError: 'digit'$", table, re.M)
    assert re.search(r"^03_endless .* FAILED at cell 2: CellTimeoutError: .* after 3 seconds$", table, re.M)
    assert re.search(r"^04_dying .* FAILED at cell 3: DeadKernelError: the kernel died", table, re.M)
    assert re.search(r"^05_good .* passed$", table, re.M)
    assert re.search(r"^together .* 3 of 5 failed$", table, re.M)
    assert "    raise KeyError('digit')" in done.stderr, "the failing cell itself"


def test_the_table_is_there_as_json_too(ran):
    folder, _ = ran
    report = json.loads((folder / "build" / "run.json").read_text())
    rows = {row["lecture"]: row for row in report["lectures"]}
    assert [row["result"] for row in rows.values()] == ["passed", "failed", "failed", "failed", "passed"]
    assert rows["02_failing"]["cell"] == 3
    assert rows["02_failing"]["error"] == "KeyError: 'digit'"
    assert 1 < rows["01_good"]["seconds"] < 60
    assert rows["01_good"]["peak_mb"] > rows["05_good"]["peak_mb"] + 40, "60 MB of bytes more than the other"
    assert report["cores"] >= 1


def test_run_shows_its_progress_over_all_cells(ran):
    assert re.search(r"100%.*16/16", ran[1].stdout)


def test_run_takes_the_named_lectures_only(tmp_path, capfd):
    for name in ("01_a", "02_b"):
        store(tmp_path, name, "1")
    assert command_line.main(["run", "2", "--no-site", "--root", str(tmp_path)]) == 0
    assert "01_a" not in capfd.readouterr().out


def test_memory_that_could_not_be_measured_is_a_question_mark():
    rows = [{"lecture": "01_a", "seconds": 1.0, "peak_mb": 0, "result": "passed"}]
    assert re.search(r"^01_a +1\.0 +\?  passed$", run.table(rows), re.M)


# The kernels


def test_offline_kernels_see_no_data_of_this_user(tmp_path):
    env = kernels.environment(
        tmp_path, offline_data=True, environ={"CNNKIT_DATA": "/data", "CNNKIT_OFFLINE": "0"}
    )
    assert env["CNNKIT_OFFLINE"] == "1"
    assert Path(env["CNNKIT_DATA"]) == tmp_path / "data"
    assert list(Path(env["CNNKIT_DATA"]).iterdir()) == []


def test_run_respects_what_the_user_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    env = kernels.environment(
        tmp_path, offline_data=False, environ={"CNNKIT_DATA": "data", "CNNKIT_OFFLINE": "0"}
    )
    assert env["CNNKIT_OFFLINE"] == "0"
    assert env["CNNKIT_DATA"] == str(tmp_path / "data"), "kernels work elsewhere: the path must be absolute"
    assert kernels.environment(tmp_path, offline_data=False, environ={})["CNNKIT_OFFLINE"] == "1"


def test_onednn_stays_on(tmp_path):
    assert "TF_ENABLE_ONEDNN_OPTS" not in kernels.environment(tmp_path, offline_data=True, environ={})


# nbval


def nbval(folder, *arguments):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", str(ROOT)]
    command += ["-c", str(ROOT / "pyproject.toml"), "-p", "conftest", *arguments, str(folder)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "CNNKIT_DATA": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environ, check=False)


def test_nbval_passes_what_sync_has_stored(synced):
    done = nbval(synced[0] / "notebooks" / "01_good.ipynb")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_nbval_fails_when_one_stored_number_is_changed(synced, tmp_path):
    text = (synced[0] / "notebooks" / "01_good.ipynb").read_text()
    stored = '"text/plain": [\n       "2"\n'
    assert stored in text
    (tmp_path / "01_changed.ipynb").write_text(text.replace(stored, stored.replace("2", "3")))
    done = nbval(tmp_path / "01_changed.ipynb")
    assert done.returncode == 1
    assert "1 failed, 3 passed" in done.stdout


def test_nbval_fails_when_the_code_of_a_cell_is_changed(synced, tmp_path):
    text = (synced[0] / "notebooks" / "01_good.ipynb").read_text()
    (tmp_path / "01_changed.ipynb").write_text(text.replace("1 + 1", "1 + 2"))
    assert "1 failed, 3 passed" in nbval(tmp_path / "01_changed.ipynb").stdout


def test_nbval_waits_longer_than_five_seconds_for_output(synced, tmp_path):
    (tmp_path / "look.py").write_text(
        "def pytest_collection_finish(session):\n"
        "    print('TIMEOUTS', [item.output_timeout for item in session.items])\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "--rootdir",
        str(ROOT),
        "-p",
        "conftest",
    ]
    command += [
        "-p",
        "look",
        "-c",
        str(ROOT / "pyproject.toml"),
        str(synced[0] / "notebooks" / "01_good.ipynb"),
    ]
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environ, check=False)
    assert "TIMEOUTS [120, 120, 120, 120]" in done.stdout


# doctor


def test_doctor_judges_pythons():
    assert doctor.python((3, 11, 7)).level == "ok"
    for version in ((3, 9, 1), (3, 14, 0)):
        finding = doctor.python(version)
        assert finding.level == "STOP"
        assert "needs Python 3.10 to 3.13" in finding.what_to_do
        assert "make run PYTHON=python3.13" in finding.what_to_do


def test_doctor_asks_for_all_that_the_package_needs():
    needed = [line for line in importlib.metadata.requires("cnnkit") if "extra ==" not in line]
    names = {re.match(r"[\w-]+", line)[0] for line in needed}
    assert names - {"tensorflow", "keras"} <= set(doctor._NEEDED["the lectures"])


def test_doctor_says_how_to_get_what_is_missing():
    def version(name):
        if name in ("matplotlib", "psutil"):
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0"

    found = [finding for finding in doctor.packages(version) if finding.level != "ok"]
    assert [(finding.level, finding.text.rsplit(" ", 1)[-1]) for finding in found] == [
        ("STOP", "matplotlib"),
        ("note", "psutil"),
    ]
    assert all("-m pip install -r requirements.txt" in finding.what_to_do for finding in found)


SEEN = {"tensorflow": "2.21.0", "keras": "3.15.1", "backend": "tensorflow", "gpus": [], "seconds": 5.0}


@pytest.mark.parametrize(
    ("change", "levels", "said"),
    [
        ({}, ["ok", "ok"], "known to work together"),
        ({"tensorflow": "2.99.0"}, ["note", "ok"], "has not been tried"),
        ({"tensorflow": "2.15.0", "keras": "2.15.0"}, ["STOP", "ok"], "pip install -U tensorflow keras"),
        ({"backend": "jax"}, ["ok", "STOP", "ok"], "Unset KERAS_BACKEND"),
        ({"gpus": ["NVIDIA T4"]}, ["ok", "ok"], "GPU: NVIDIA T4"),
    ],
)
def test_doctor_judges_tensorflow(change, levels, said, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = list(doctor.judge_tensorflow(SEEN | change))
    assert [finding.level for finding in found] == levels
    assert said in "\n".join(map(str, found)), "a command stays on one line, to be copied"


def test_doctor_sees_a_gpu_that_tensorflow_does_not(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert "tensorflow[and-cuda]" in list(doctor.judge_tensorflow(SEEN))[-1].what_to_do


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        ("import time; time.sleep(60)", "not done after 1 seconds"),
        ("import tensorflow_that_is_not_there", "pip install -r requirements.txt"),
        ("import os; os.kill(os.getpid(), 4)", "need a 64-bit processor with AVX"),
        ("raise AttributeError('_ARRAY_API not found in numpy')", "NumPy and TensorFlow do not fit"),
        ("raise OSError('?')", "Make the environment anew"),
    ],
)
def test_doctor_survives_a_tensorflow_that_does_not(probe, said):
    (finding,) = doctor.tensorflow(timeout=1 if "sleep" in probe else 60, probe=probe)
    assert finding.level == "STOP"
    assert said in finding.text + finding.what_to_do


def test_doctor_notes_little_memory():
    assert doctor.memory(16 * 2**30, 8 * 2**30).level == "ok"
    finding = doctor.memory(8 * 2**30, 2 * 2**30)
    assert finding.level == "note"
    assert "Close other programs" in finding.what_to_do


def test_doctor_lists_the_data_at_hand(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path))
    assert "only those inside the packages" in doctor.data().text
    (tmp_path / "mnist.npz").write_bytes(b"x")
    assert "at hand: MNIST; without cats and dogs" in doctor.data().text
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "mnist.npz" / "below"))
    assert "cannot be written" in next(doctor.cache()).text


def test_doctor_expects_the_minutes_that_were_measured(tmp_path):
    store(tmp_path, "01_a", "1")
    store(tmp_path, "02_b", "1")
    (finding,) = doctor.course(tmp_path)
    assert "2 lectures; `make run` takes about 1 min (roughly)" in finding.text
    rows = [{"lecture": name, "seconds": 150, "result": "passed"} for name in ("01_a", "02_b")]
    lectures.write(tmp_path / "build" / "run.json", json.dumps({"lectures": rows}))
    (finding,) = doctor.course(tmp_path)
    assert "about 5 min (as measured here)" in finding.text


def test_doctor_as_a_command(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_PROBE", None)
    monkeypatch.setattr(doctor, "tensorflow", lambda timeout: doctor.judge_tensorflow(SEEN))
    assert command_line.main(["doctor", "--root", str(ROOT)]) == 0
    assert "The course can run here." in capsys.readouterr().out
    monkeypatch.setattr(
        doctor, "tensorflow", lambda timeout: doctor.judge_tensorflow(SEEN | {"backend": "jax"})
    )
    assert command_line.main(["doctor", "--root", str(ROOT)]) == 1
    assert "1 problem to mend" in capsys.readouterr().out
