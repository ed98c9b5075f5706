package dev.septet.workers.local;

import dev.septet.settings.Setting;
import dev.septet.workers.WorkerRole;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What each kind of process is told of the environment that this program was started with, by name.
 * A secret goes only to the process that uses it: pipelines' secrets, the keys of buckets that are
 * published to and the hub's token to the light worker, Temporal's key to workers, the keys of an
 * S3 store to whoever reads the store.
 */
final class ProcessEnvironment {
    private static final String S3 = "s3://";

    /** The engine's native libraries, and the proxies that a download needs. */
    private static final List<String> ENGINE = List.of(
            "OMP_",
            "GOMP_",
            "KMP_",
            "MKL_",
            "ONEDNN_",
            "DNNL_",
            "LRU_",
            "THP_",
            "MALLOC_",
            "GLIBC_",
            "PYTORCH_",
            "TORCH_",
            "DJL_",
            "CUDA_",
            "NVIDIA_",
            "ENGINE_",
            "OPT_OUT_");

    private static final List<String> PROXIES =
            List.of("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

    private ProcessEnvironment() {}

    /** Of a worker. */
    static Map<String, String> worker(WorkerRole role, Map<String, String> environment) {
        Predicate<String> wanted = name -> name.startsWith("TEMPORAL_")
                || open(name)
                || PROXIES.contains(name)
                || (name.startsWith("AWS_") && (role.light() || shared(environment)))
                || (role.light() && (secret(name) || name.startsWith("HF_")))
                || (role.training() && engine(name));
        return picked(environment, wanted);
    }

    /** Of a server of models: its API keys are the caller's to add. */
    static Map<String, String> serving(Map<String, String> environment) {
        return picked(
                environment, name -> open(name) || engine(name) || (name.startsWith("AWS_") && shared(environment)));
    }

    private static Map<String, String> picked(Map<String, String> environment, Predicate<String> wanted) {
        Map<String, String> picked = new TreeMap<>(environment);
        picked.keySet().removeIf(name -> !wanted.test(name));
        return picked;
    }

    /** Septet's own settings, but for secrets. */
    private static boolean open(String name) {
        return name.startsWith("SEPTET_") && !secret(name) && !name.equals(Setting.API_KEYS.variable());
    }

    private static boolean secret(String name) {
        return name.startsWith(Setting.SECRET.prefix()) || name.equals(Setting.SECRETS.variable());
    }

    private static boolean engine(String name) {
        return ENGINE.stream().anyMatch(name::startsWith);
    }

    private static boolean shared(Map<String, String> environment) {
        return Setting.STORE.text(environment).startsWith(S3);
    }
}
