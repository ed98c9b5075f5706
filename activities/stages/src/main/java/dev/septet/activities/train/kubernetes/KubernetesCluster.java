package dev.septet.activities.train.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerPlatform;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.activities.train.outside.TrainerReader;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.workflows.train.TrainRequest;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster as the operator of the workers declares it, with what a pipeline file may use of it.
 *
 * @param kubeconfig null = what the client finds: {@code KUBECONFIG}, {@code ~/.kube/config}, or the service account of
 *     the worker's pod
 * @param context of the kubeconfig; null = its current one
 * @param namespaces allowed ones; the first is the default
 * @param images allowed ones of trainers that declare none
 * @param claim PersistentVolumeClaim with the run folders, in each of the namespaces
 * @param folder folder of the volume that is the workers' folder of run folders; empty = the volume's root
 * @param serviceAccount of the pods; null = the namespace's default, without its token
 * @param labels additional ones of a job, such as those that a queue reads
 * @param runtime of the TrainJobs that are created instead of Jobs; null = Jobs are created
 */
public record KubernetesCluster(
        @Nullable Path kubeconfig,
        @Nullable String context,
        List<String> namespaces,
        List<String> images,
        String claim,
        String folder,
        @Nullable String serviceAccount,
        Map<String, String> nodeSelector,
        List<Toleration> tolerations,
        Map<String, String> labels,
        @Nullable KubeflowRuntime runtime) {
    private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9_./-]{0,251}[A-Za-z0-9])?";
    private static final List<Map.Entry<Class<? extends Throwable>, String>> UNREACHABLE = List.of(
            Map.entry(SSLException.class, "the certificates do not fit; check the kubeconfig"),
            Map.entry(UnresolvedAddressException.class, "its host name is unknown"),
            Map.entry(HttpTimeoutException.class, "it does not answer in time"),
            Map.entry(ConnectException.class, "the connection is refused"));

    private static final int CONNECT_MILLIS = 10_000;
    private static final int ANSWER_MILLIS = 30_000;
    private static final int TRIES = 2;
    private static final int TOO_MANY_REQUESTS = 429;

    public KubernetesCluster {
        namespaces = List.copyOf(namespaces);
        images = List.copyOf(images);
        nodeSelector = new TreeMap<>(nodeSelector);
        tolerations = List.copyOf(tolerations);
        labels = new TreeMap<>(labels);
    }

    /** The worker has no valid credentials, at least at this moment. */
    static final class NoCredentialsException extends Exception {
        NoCredentialsException(String message) {
            super(message);
        }
    }

    /** Reads the section {@code kubernetes:} of the operator's file. */
    public static KubernetesCluster of(OperatorFile reader, JsonNode json) {
        String at = "kubernetes";
        reader.object(
                json,
                at,
                "kubeconfig",
                "context",
                "namespaces",
                "images",
                "claim",
                "folder",
                "serviceAccount",
                "nodeSelector",
                "tolerations",
                "labels",
                "trainJob");
        List<String> namespaces = reader.texts(json, at, "namespaces", List.of());
        if (namespaces.isEmpty()
                || !namespaces.stream().allMatch(one -> one.matches(KubernetesSpec.NAMESPACE_PATTERN))) {
            throw reader.wrong(at, "namespaces", "a list of names such as [training]; the first one is the default");
        }
        String claim = reader.text(json, at, "claim");
        if (claim == null || !claim.matches(NAME)) {
            throw reader.wrong(at, "claim", "the name of the PersistentVolumeClaim that holds the run folders");
        }
        String folder = reader.text(json, at, "folder");
        if (folder != null
                && (folder.startsWith("/") || List.of(folder.split("/", -1)).contains(".."))) {
            throw reader.wrong(at, "folder", "a folder of the volume, such as septet/trainers");
        }
        String kubeconfig = reader.text(json, at, "kubeconfig");
        String account = reader.text(json, at, "serviceAccount");
        if (account != null && !account.matches(NAME)) {
            throw reader.wrong(at, "serviceAccount", "the name of a service account");
        }
        return new KubernetesCluster(
                kubeconfig == null ? null : Path.of(kubeconfig),
                reader.text(json, at, "context"),
                namespaces,
                TrainerReader.images(reader, json, at),
                claim,
                folder == null ? "" : folder.replaceFirst("/+$", ""),
                account,
                labels(reader, json.path("nodeSelector"), at + ": nodeSelector"),
                tolerations(reader, json.path("tolerations"), at + ": tolerations"),
                labels(reader, json.path("labels"), at + ": labels"),
                json.has("trainJob") ? KubeflowRuntime.of(reader, json.get("trainJob")) : null);
    }

    private static Map<String, String> labels(OperatorFile reader, JsonNode json, String at) {
        Map<String, String> labels = new TreeMap<>();
        reader.object(json, at).properties().forEach(one -> {
            if (!one.getKey().matches(LABEL) || !one.getValue().isTextual()) {
                throw reader.wrong(at, one.getKey(), "a label's name with a text in quotes");
            }
            labels.put(one.getKey(), one.getValue().asText());
        });
        return labels;
    }

    private static List<Toleration> tolerations(OperatorFile reader, JsonNode json, String at) {
        List<Toleration> all = new ArrayList<>();
        if (!json.isMissingNode() && !json.isArray()) {
            throw reader.wrong("kubernetes", "tolerations", "a list such as [{key: gpu, operator: Exists}]");
        }
        for (JsonNode one : json) {
            reader.object(one, at, "key", "operator", "value", "effect");
            all.add(new TolerationBuilder()
                    .withKey(reader.text(one, at, "key"))
                    .withOperator(reader.text(one, at, "operator"))
                    .withValue(reader.text(one, at, "value"))
                    .withEffect(reader.text(one, at, "effect"))
                    .build());
        }
        return all;
    }

    /** The cluster as a trainer may use it: with the trainer's own images, if it declares any. */
    public KubernetesCluster of(OutsideTrainer trainer) {
        return new KubernetesCluster(
                kubeconfig,
                context,
                namespaces,
                trainer.images().isEmpty() ? images : trainer.images(),
                claim,
                folder,
                serviceAccount,
                nodeSelector,
                tolerations,
                labels,
                runtime);
    }

    /** The image of a job, which the operator may not allow any more; null = none is declared. */
    public @Nullable String image(KubernetesSpec requested) {
        String image = requested.image();
        return image != null || images.isEmpty() ? image : images.get(0);
    }

    /** The cluster as the platform of a pipeline's trainer. */
    public TrainerPlatform platform(KubernetesSpec requested) {
        return new TrainerPlatform() {
            @Override
            public TrainerLauncher launcher(
                    TrainRequest request, TrainerFolder folder, OutsideTrainer trainer, Consumer<String> ending) {
                return new KubernetesJob(folder, trainer, requested, KubernetesCluster.this, ending);
            }

            @Override
            public void check() {
                KubernetesCluster.this.check(requested);
            }
        };
    }

    /**
     * What a pipeline requests, with its image and its namespace. For a job that exists, the operator may not allow
     * them any more.
     *
     * @param recorded the namespace of the job that exists; null = there is none
     */
    KubernetesSpec complete(KubernetesSpec requested, @Nullable String recorded) {
        String namespace = requested.namespace() == null ? namespaces.get(0) : requested.namespace();
        return new KubernetesSpec(
                requested.command(),
                image(requested),
                recorded == null ? namespace : recorded,
                requested.nodes(),
                requested.gpus(),
                requested.cpus(),
                requested.memoryBytes(),
                requested.time());
    }

    /**
     * Checks what a pipeline requests.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not allow it
     */
    void check(KubernetesSpec requested) {
        TrainerProblems.requireAllowed(requested, "image", requested.image(), images);
        TrainerProblems.requireAllowed(requested, "namespace", requested.namespace(), namespaces);
    }

    /**
     * A client, for a few requests: it reads the credentials anew, so that renewed ones count.
     *
     * @throws NoCredentialsException also while a kubeconfig is being replaced
     */
    KubernetesClient client() throws NoCredentialsException {
        Config config = config();
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setRequestTimeout(ANSWER_MILLIS);
        config.setRequestRetryBackoffLimit(TRIES);
        config.setUserAgent("septet");
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }

    private Config config() throws NoCredentialsException {
        if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
            throw new NoCredentialsException("the kubeconfig %s cannot be read on this worker".formatted(kubeconfig));
        }
        Config found = null;
        try {
            found = kubeconfig == null
                    ? Config.autoConfigure(context)
                    : Config.fromKubeconfig(context, kubeconfig.toFile());
        } catch (RuntimeException invalid) {
            // Its message may quote the file, which holds secrets.
        }
        if (found != null
                && (found.getCurrentContext() != null || (kubeconfig == null && found.getAutoOAuthToken() != null))) {
            return found;
        }
        throw new NoCredentialsException(
                kubeconfig == null
                        ? "this worker has no credentials of a Kubernetes cluster; set KUBECONFIG in its environment"
                                + " or `kubeconfig:` in the operator's file, or run it in a pod with a service account"
                        : "the kubeconfig %s is not valid, or lacks the context; check it with `kubectl config view`"
                                .formatted(kubeconfig));
    }

    /** Whether the cluster may answer later: it cannot be reached, is overloaded, or waits for credentials. */
    static boolean unavailable(KubernetesClientException e) {
        return e.getCode() < HttpURLConnection.HTTP_OK // no answer
                || e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED
                || anonymous(e)
                || e.getCode() == TOO_MANY_REQUESTS
                || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR;
    }

    /** Whether the worker sent no credentials, as after a failure of the kubeconfig's plugin. */
    private static boolean anonymous(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && message(e).contains("\"system:anonymous\"");
    }

    private static String message(KubernetesClientException e) {
        String answered = e.getStatus() == null ? null : e.getStatus().getMessage();
        return String.valueOf(answered == null ? e.getMessage() : answered);
    }

    /** What the cluster answered, for people. */
    static String why(KubernetesClientException e) {
        String message = message(e);
        if (anonymous(e)) {
            return KubernetesReport.text("the cluster got no credentials of this worker (403)", message)
                    + "; check the kubeconfig, and the plugin of its `exec:`";
        }
        if (e.getCode() < HttpURLConnection.HTTP_OK) {
            return KubernetesReport.text("the cluster cannot be reached", cause(e));
        }
        return switch (e.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                "the cluster does not accept the credentials of this worker (401); they may have expired: renew the"
                        + " kubeconfig or the token";
            case HttpURLConnection.HTTP_FORBIDDEN ->
                KubernetesReport.text("the cluster forbids it (403)", message)
                        + "; compare the worker's role with the page trainers.md";
            default ->
                KubernetesReport.text(String.format(Locale.ROOT, "the cluster refuses it (%d)", e.getCode()), message);
        };
    }

    private static String cause(KubernetesClientException e) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            causes.add(cause);
        }
        for (Map.Entry<Class<? extends Throwable>, String> known : UNREACHABLE) {
            if (causes.stream().anyMatch(known.getKey()::isInstance)) {
                return known.getValue();
            }
        }
        Throwable deepest = causes.get(causes.size() - 1);
        return "%s %s".formatted(deepest.getClass().getSimpleName(), deepest.getMessage());
    }
}
