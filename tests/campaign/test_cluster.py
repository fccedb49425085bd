"""Nobody but the run itself can use its cluster, and a cluster given by its address is used with certificates only."""

import urllib.error
import urllib.request
from pathlib import Path

import distributed
import psutil
import pytest
from distributed.security import Security

from pipeline.campaign import run
from pipeline.campaign.cluster import CERTIFICATES, cluster, remote_security, temporary_security
from pipeline.campaign.workers import RunOptions
from pipeline.errors import UsageError
from tests.campaign.material import campaign, write_documents
from tests.campaign.test_engine import free_port, process, quiet

pytestmark = pytest.mark.filterwarnings("default")
pytest.importorskip("cryptography", reason="make setup-dev installs it")


def may_run(address: str, security: Security | None) -> bool:
    """Whether a client with these certificates can run a function there."""
    try:
        with distributed.Client(address, security=security, timeout=3, set_as_default=False) as stranger:
            return bool(stranger.submit(abs, -1).result(timeout=3) == 1)
    except (OSError, TimeoutError, RuntimeError, ValueError):
        return False


def listening() -> list[tuple[str, int]]:
    """The addresses at which this process and its children listen."""
    here = psutil.Process()
    return [
        (one.laddr.ip, one.laddr.port)
        for process in (here, *here.children(recursive=True))
        for one in process.net_connections(kind="inet")
        if one.status == psutil.CONN_LISTEN
    ]


def test_a_stranger_can_run_nothing_on_the_local_cluster_and_sees_no_pages() -> None:
    before = listening()
    with cluster(RunOptions(workers=1)) as client:
        assert client.submit(abs, -1).result() == 1
        scheduler = client.scheduler.address
        (worker,) = client.scheduler_info()["workers"]
        opened = [found for found in listening() if found not in before]
        for address in (scheduler, worker):
            assert address.startswith("tls://127.0.0.1:")
            assert not may_run(address, temporary_security())  # of another run
            assert not may_run(address.replace("tls://", "tcp://"), None)
    assert opened and {host for host, _ in opened} == {"127.0.0.1"}


def test_the_ports_for_pages_answer_nothing_unless_asked_for() -> None:
    before = listening()
    with cluster(RunOptions(workers=1)):
        for host, port in {found for found in listening() if found not in before}:
            assert not pages(host, port)
    port = free_port()
    with cluster(RunOptions(workers=1, dashboard=port)):
        assert pages("127.0.0.1", port) and ("127.0.0.1", port) in listening()


def pages(host: str, port: int) -> list[str]:
    """The pages of dask that are shown at a port."""
    found = []
    for page in (
        "",
        "health",
        "info/main/workers.html",
        "json/counts.json",
        "metrics",
        "api/v1/get_workers",
    ):
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/{page}", timeout=3):
                found.append(page)
        except (OSError, urllib.error.URLError, ValueError):
            continue
    return found


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "ucx://10.0.0.5:1", "tcp://cluster:8786", "ws://[fe80::1]:1"]
)
def test_a_cluster_that_anybody_could_use_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="QINGGUI_CLUSTER_CA"):
        remote_security(address, {})
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 1))
    with pytest.raises(UsageError, match="没有加密"):
        run(made, "0", RunOptions(scheduler=address), quiet)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "localhost:1", "tcp://[::1]:1"])
def test_a_cluster_on_the_loopback_needs_no_certificate(address: str) -> None:
    assert remote_security(address, {}) is None


def test_missing_certificates_are_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x", encoding="utf-8")
    settings = {"QINGGUI_CLUSTER_CA": str(tmp_path / "ca.pem"), "QINGGUI_CLUSTER_CERT": str(tmp_path / "没有.pem")}
    with pytest.raises(UsageError, match="没有找到QINGGUI_CLUSTER_CERT、QINGGUI_CLUSTER_KEY"):
        remote_security("tls://10.0.0.5:8786", settings)


def test_a_run_on_a_cluster_with_certificates_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = temporary_security()
    content = (own.tls_ca_file, own.tls_client_cert, own.tls_client_key)
    files = [tmp_path / f"{name}.pem" for name in ("ca", "cert", "key")]
    for name, path, text in zip(CERTIFICATES, files, content, strict=True):
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv(name, str(path))
    authority, certificate, key = map(str, files)
    tls = ("--tls-ca-file", authority, "--tls-cert", certificate, "--tls-key", key)
    address = f"tls://127.0.0.1:{free_port()}"
    scheduler = ("-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard", *tls)
    worker = ("-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", *tls)
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 3))
    with process(*scheduler, cwd=tmp_path), process(*worker, cwd=tmp_path):
        assert run(made, "0", RunOptions(scheduler=address), quiet).done == 3
        assert not may_run(address, temporary_security())
