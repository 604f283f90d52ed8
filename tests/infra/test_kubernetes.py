"""The Kubernetes manifests are valid, closed, and name what is there."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import kubernetes_validate
import pytest

from shared.platform.first_start import FirstStart
from tests.infra.reading import (
    ENGINES,
    Told,
    container_of,
    manifests,
    objects,
    pod_of,
    set_for,
    workloads,
)

VERSIONS = ("1.30", kubernetes_validate.latest_version())
"""The oldest and the newest Kubernetes that the manifests are held against."""
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
ALLOTTED = ("requests", "limits")
SECCOMP = {"type": "RuntimeDefault"}
CLUSTERS = {"nats": 3, "esdb": 3, "referrals-api": 2}
"""What runs more than once; everything else has a disk that only one process may have."""
READS_STORE = {"councils", "audit", "referrals-work", "referrals-api"}
WORKLOADS = workloads()


def breaches(pod: Told, container: Told) -> Iterator[str]:
    """Give everything in which a pod is less closed than it has to be."""
    closed, own = pod.get("securityContext", {}), container.get("securityContext", {})
    shares = any(pod.get(each) for each in ("hostNetwork", "hostPID", "hostIPC"))
    gains = own.get("allowPrivilegeEscalation") is not False or own.get("privileged")
    resources = container.get("resources", {})
    unsaid = any({"cpu", "memory"} - set(resources.get(each, ())) for each in ALLOTTED)
    found = {
        "it may run as root": closed.get("runAsNonRoot") is not True or not closed["runAsUser"],
        "it may call all of the kernel": closed.get("seccompProfile") != SECCOMP,
        "its root can be written": own.get("readOnlyRootFilesystem") is not True,
        "it may gain privileges": bool(gains),
        "it keeps capabilities": own.get("capabilities") != {"drop": ["ALL"]},
        "it may ask Kubernetes": pod.get("automountServiceAccountToken") is not False,
        "it shares the machine's own": shares,
        "it says not what it needs and may take": unsaid,
    }
    yield from (breach for breach, is_so in found.items() if is_so)
    yield from (f"no {probe}" for probe in PROBES if probe not in container)


def ports_of(container: Told) -> dict[str, int]:
    """Give the ports that a container listens on, by name."""
    return {each["name"]: each["containerPort"] for each in container["ports"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_what_kubernetes_takes(version: str) -> None:
    """Each manifest is valid against the strict schemas of two versions of Kubernetes."""
    assert len(manifests()) > 20
    for _, each in manifests():
        kubernetes_validate.validate(each, version, strict=True)


def test_what_kubernetes_does_not_take_is_seen() -> None:
    """A key that Kubernetes does not know is found, where the schema is strict."""
    _, namespace = manifests()[0]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**namespace, "spek": {}}, VERSIONS[0], strict=True)


def test_files_are_in_the_order_they_are_needed() -> None:
    """Each file is numbered, the namespace first; everything else is in that namespace."""
    names = list(dict.fromkeys(file for file, _ in manifests()))
    assert all(name[:2].isdigit() and name[2] == "-" for name in names)
    assert manifests()[0][1]["kind"] == "Namespace"
    assert {each["metadata"]["namespace"] for _, each in manifests()[1:]} == {"kredslob"}


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_pod_is_closed(name: str) -> None:
    """No root, nothing to write but what is mounted, no capabilities, limits, three probes."""
    workload = WORKLOADS[name]
    assert list(breaches(pod_of(workload), container_of(workload))) == []


def test_an_open_pod_is_seen() -> None:
    """Each way of being open is found by itself."""
    pod, container = pod_of(WORKLOADS["audit"]), container_of(WORKLOADS["audit"])
    for key, value in {
        "securityContext": {**pod["securityContext"], "runAsNonRoot": False},
        "automountServiceAccountToken": True,
        "hostNetwork": True,
    }.items():
        assert len(list(breaches({**pod, key: value}, container))) == 1, key
    for key, value in {
        "securityContext": {**container["securityContext"], "readOnlyRootFilesystem": False},
        "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}},
        "livenessProbe": None,
    }.items():
        opened = {**container, key: value}
        if value is None:
            del opened[key]
        assert len(list(breaches(pod, opened))) == 1, key


@pytest.mark.parametrize("name", WORKLOADS)
def test_ports_fit(name: str) -> None:
    """Probes and services ask at a port that the container listens on, and that it is told."""
    container = container_of(WORKLOADS[name])
    listens, told = ports_of(container), set_for(container)
    assert all(container[probe]["httpGet"]["port"] in listens for probe in PROBES)
    service = objects("Service")[name]["spec"]
    assert service["selector"] == {"app": name}
    for each in service["ports"]:
        assert listens[each["targetPort"]] == each["port"]
    if name not in ENGINES:
        assert listens["http"] == int(told["KREDSLOB_PORT"])
        assert listens.get("door") == (int(told.get("KREDSLOB_VAULT_PORT", 0)) or None)


@pytest.mark.parametrize("name", WORKLOADS)
def test_secrets_are_those_that_prepare_makes(
    name: str, first_start_in_cluster: FirstStart
) -> None:
    """Each secret is a folder that `kredslob prepare --for kubernetes` writes, with those files."""
    made = first_start_in_cluster.secrets
    secrets = [each["secret"] for each in pod_of(WORKLOADS[name])["volumes"] if "secret" in each]
    assert secrets
    for each in secrets:
        assert each["secretName"] == name
        assert each["defaultMode"] == 0o440
        assert {item["key"] for item in each.get("items", ())} <= set(made[name])


@pytest.mark.parametrize("name", WORKLOADS)
def test_files_named_are_mounted(name: str, first_start_in_cluster: FirstStart) -> None:
    """Each path of a secret that a container is told is one that is mounted there."""
    container = container_of(WORKLOADS[name])
    volumes = {each["name"]: each for each in pod_of(WORKLOADS[name])["volumes"]}
    mounted = set()
    for mount in container["volumeMounts"]:
        secret = volumes.get(mount["name"], {}).get("secret")
        if secret:
            made = first_start_in_cluster.secrets[secret["secretName"]]
            found = [item["path"] for item in secret.get("items", ())] or list(made)
            mounted |= {f"{mount['mountPath']}/{each}" for each in found}
    named = [*set_for(container).values(), *container.get("args", ())]
    for each in (each for each in named if each.startswith("/run/")):
        assert any(path == each or path.startswith(f"{each}/") for path in mounted), each


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_mount_has_a_volume(name: str) -> None:
    """What is mounted is a volume of the pod or of the claim, and none is left over."""
    workload = WORKLOADS[name]
    claims = workload["spec"].get("volumeClaimTemplates", ())
    there = {each["name"] for each in pod_of(workload)["volumes"]}
    there |= {each["metadata"]["name"] for each in claims}
    assert {each["name"] for each in container_of(workload)["volumeMounts"]} == there


def test_as_many_run_as_may() -> None:
    """Store and bus are clusters of three, doors two; a process with a disk of its own is one."""
    running = {name: each["spec"]["replicas"] for name, each in WORKLOADS.items()}
    assert running == {name: CLUSTERS.get(name, 1) for name in WORKLOADS}
    disks = {name for name, each in WORKLOADS.items() if each["kind"] == "StatefulSet"}
    assert disks == set(WORKLOADS) - {"referrals-api"}
    for name in disks - ENGINES:
        (claim,) = WORKLOADS[name]["spec"]["volumeClaimTemplates"]
        assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"], name


def test_the_bus_keeps_facts_on_all_its_nodes() -> None:
    """Every service asks for as many copies as the bus has nodes."""
    for name in READS_STORE:
        told = set_for(container_of(WORKLOADS[name]))
        assert told["KREDSLOB_BUS_REPLICAS"] == str(CLUSTERS["nats"]), name


def test_the_store_knows_all_its_nodes() -> None:
    """As many nodes as the cluster is told of, each named in the gossip seeds and certificate."""
    told = set_for(container_of(WORKLOADS["esdb"]))
    seeds = told["EVENTSTORE_GOSSIP_SEED"].split(",")
    assert len(seeds) == int(told["EVENTSTORE_CLUSTER_SIZE"]) == CLUSTERS["esdb"]
    assert told["EVENTSTORE_NODE_HOST_ADVERTISE_AS"].replace("$(POD)", "esdb-0") in seeds[0]


def test_everything_may_be_disturbed_only_so_far() -> None:
    """Each workload has a budget that selects its pods."""
    budgets = objects("PodDisruptionBudget")
    assert set(budgets) == set(WORKLOADS)
    for name, each in budgets.items():
        assert each["spec"]["selector"]["matchLabels"] == {"app": name}


def test_nothing_is_let_through_by_default() -> None:
    """A policy over all pods allows nothing in and nothing out."""
    nothing = objects("NetworkPolicy")["nothing"]["spec"]
    assert nothing["podSelector"] == {}
    assert set(nothing["policyTypes"]) == {"Ingress", "Egress"}
    assert "ingress" not in nothing
    assert "egress" not in nothing


def test_policies_select_pods_and_ports_that_are_there() -> None:
    """Each label that a policy selects is one of a pod, and each port one that somebody opens."""
    pods = [each["spec"]["template"]["metadata"]["labels"] for each in WORKLOADS.values()]
    ports = {port for each in WORKLOADS.values() for port in ports_of(container_of(each)).values()}
    for name, policy in objects("NetworkPolicy").items():
        for labels in selected(policy["spec"]):
            assert any(labels.items() <= pod.items() for pod in pods), (name, labels)
        rules = [*policy["spec"].get("ingress", ()), *policy["spec"].get("egress", ())]
        asked = {port["port"] for rule in rules for port in rule.get("ports", ())}
        assert asked <= ports | {53, 443, 5432}, name


def selected(spec: Told) -> Iterator[Mapping[str, str]]:
    """Give the labels of our own pods that a policy names anywhere."""
    yield spec["podSelector"].get("matchLabels", {})
    for rule in (*spec.get("ingress", ()), *spec.get("egress", ())):
        for peer in (*rule.get("from", ()), *rule.get("to", ())):
            if "namespaceSelector" not in peer:
                yield peer["podSelector"]["matchLabels"]


def test_only_the_doors_of_referrals_reach_the_vault() -> None:
    """One policy lets one kind of pod to the vault's port, and no other policy names it."""
    letting = {
        name
        for name, policy in objects("NetworkPolicy").items()
        if "8443" in str(policy["spec"].get("ingress", ""))
    }
    assert letting == {"door"}
    (rule,) = objects("NetworkPolicy")["door"]["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": {"app": "referrals-api"}}}]


def test_every_service_may_ask_what_it_needs() -> None:
    """Who is told of an engine bears the label by which the policies let it there."""
    for name in READS_STORE:
        labels = WORKLOADS[name]["spec"]["template"]["metadata"]["labels"]
        for each in ("uses-store", "uses-bus", "uses-views", "asks-login"):
            assert labels[f"kredslob/{each}"] == "yes", (name, each)
        asks = "KREDSLOB_COUNCILS_URL" in set_for(container_of(WORKLOADS[name]))
        assert asks == ("kredslob/asks-councils" in labels), name


def test_no_secret_stands_in_a_manifest() -> None:
    """Secrets are made from files by the operator; none is in a manifest or its environment."""
    assert objects("Secret") == {}
    secret = ("PASSWORD", "SECRET", "STORE_URL", "VIEWS_URL")
    for name, each in WORKLOADS.items():
        told = set_for(container_of(each))
        assert not [setting for setting in told if setting.endswith(secret)], name


def test_the_manifests_are_where_the_documents_say() -> None:
    """Nothing but numbered manifests lies in the folder that is applied whole."""
    folder = Path(__file__).resolve().parents[2] / "infra" / "kubernetes"
    assert {path.suffix for path in folder.iterdir()} == {".yaml"}
