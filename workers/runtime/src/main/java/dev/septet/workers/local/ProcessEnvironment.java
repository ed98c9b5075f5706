package dev.septet.workers.local;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.source.bucket.DeclaredBuckets;
import dev.septet.activities.source.database.DeclaredDatabases;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.settings.Setting;
import dev.septet.workers.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Selects, by name, which environment variables of this program each kind of child process gets. A
 * secret goes only to processes that use it. The light worker gets pipelines' secrets, the keys of
 * buckets for publication, the credentials of buckets and databases with rows, and the hub's token. Workers get
 * Temporal's key. Workers and model servers get the keys of the endpoints that the operator declares. Processes that read an
 * S3 store, train on Amazon SageMaker, or use models of Amazon Bedrock get AWS's keys. All of them send traces, so they get
 * OpenTelemetry's variables.
 */
final class ProcessEnvironment {
    private static final String S3 = "s3://";

    /** Variables for the engine's native libraries, for clusters, and for the proxies of downloads. */
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
            "CUBLAS_",
            "NVIDIA_",
            "SLURM_",
            "KUBECONFIG",
            "KUBERNETES_SERVICE_",
            "ENGINE_",
            "OPT_OUT_");

    private static final List<String> PROXIES =
            List.of("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

    private ProcessEnvironment() {}

    /** The environment of a worker. */
    static Map<String, String> worker(Role role, Map<String, String> environment) {
        Set<String> endpoints = endpoints(environment);
        Set<String> sources = sources(environment);
        boolean amazon = declares("sagemaker", environment) || declares(BedrockAccount.NAME, environment);
        Predicate<String> wanted = name -> name.startsWith("TEMPORAL_")
                || name.startsWith(Setting.OTEL.prefix())
                || open(name)
                || endpoints.contains(name)
                || PROXIES.contains(name)
                || (name.startsWith("AWS_") && (role.light() || shared(environment) || (role.training() && amazon)))
                || (role.light() && (secret(name) || name.startsWith("HF_") || sources.contains(name)))
                || (role.training() && engine(name));
        return picked(environment, wanted);
    }

    /** The environment of a model server. The caller adds its API keys. */
    static Map<String, String> serving(Map<String, String> environment) {
        Set<String> endpoints = endpoints(environment);
        boolean amazon = shared(environment) || declares(BedrockAccount.NAME, environment);
        return picked(
                environment,
                name -> open(name)
                        || engine(name)
                        || endpoints.contains(name)
                        || name.startsWith(Setting.OTEL.prefix())
                        || (name.startsWith("AWS_") && amazon));
    }

    private static Map<String, String> picked(Map<String, String> environment, Predicate<String> wanted) {
        Map<String, String> picked = new TreeMap<>(environment);
        picked.keySet().removeIf(name -> !wanted.test(name));
        return picked;
    }

    /** Whether the variable is a setting of Septet that is not secret. */
    private static boolean open(String name) {
        return name.startsWith("SEPTET_") && !secret(name) && !name.equals(Setting.API_KEYS.variable());
    }

    private static boolean secret(String name) {
        return name.startsWith(Setting.SECRET.prefix()) || name.equals(Setting.SECRETS.variable());
    }

    /** The variables that the operator's file names. A worker that cannot read the file says so itself. */
    private static Set<String> endpoints(Map<String, String> environment) {
        try {
            return ModelEndpoints.of(environment).keys();
        } catch (StageProblem unreadable) {
            return Set.of();
        }
    }

    /** The variables with the credentials of buckets, databases and trackers, which only light work reads. */
    private static Set<String> sources(Map<String, String> environment) {
        try {
            Set<String> all = new TreeSet<>(DeclaredBuckets.of(environment).variables());
            all.addAll(DeclaredDatabases.of(environment).variables());
            all.addAll(DeclaredTrackers.of(environment).variables());
            return all;
        } catch (StageProblem unreadable) {
            return Set.of();
        }
    }

    /** Whether the operator's file has a section. */
    private static boolean declares(String section, Map<String, String> environment) {
        Path file = OperatorFile.named(environment);
        try {
            return file != null && new OperatorFile(file).root().has(section);
        } catch (StageProblem unreadable) {
            return false;
        }
    }

    private static boolean engine(String name) {
        return ENGINE.stream().anyMatch(name::startsWith);
    }

    private static boolean shared(Map<String, String> environment) {
        return Setting.STORE.text(environment).startsWith(S3);
    }
}
