package dev.septet.activities.train.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.activities.train.command.TrainingRounds;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Rounds of a training on an API server in memory, whose containers are real processes that share the run folder. */
abstract class KubernetesRounds extends TrainingRounds {
    static final String NAMESPACE = "training";

    /** Its server writes a line for each request. */
    private static final Logger SERVER = Logger.getLogger(MockWebServer.class.getName());

    final Map<ServerRequest, Queue<ServerResponse>> answers = new HashMap<>();
    final RecordingDispatcher requests = new RecordingDispatcher(answers);
    final KubernetesMockServer server =
            new KubernetesMockServer(new Context(), new MockWebServer(), answers, requests, false);

    @SuppressWarnings("NullAway.Init") // start
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init") // start
    FakeKubelet kubelet;

    /** Starts no pods, but collects deleted jobs, which a real API server keeps until somebody does. */
    @SuppressWarnings("NullAway.Init") // start
    private FakeKubelet research;

    /** The scene makes the API server answer as a test says, which a real one does not. */
    static void standIn() {
        assumeFalse(ApiServer.wanted(), "needs the API server in memory");
    }

    @BeforeEach
    final void start() throws IOException, InterruptedException {
        SERVER.setLevel(Level.WARNING);
        server.init();
        client = ApiServer.wanted() ? empty(ApiServer.start()) : server.createClient(new JdkHttpClientFactory());
        kubelet = new FakeKubelet(client, NAMESPACE, Files.createDirectories(temp.resolve("logs")));
        research = new FakeKubelet(client, "research", temp.resolve("logs"));
        research.idle();
        kubeconfig(ApiServer.wanted() ? ApiServer.start().url() : server.url("/"));
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, """
            trainers:
              fake:
                command: [bash, -c, '%s']
                environment: {ADAPTER: "%s"}
                grace: 5s
                orphan: 30s
                options:
                  mode: {type: text, default: good}
                  milliseconds: {type: whole, default: 20}
            kubernetes:
              kubeconfig: %s
              namespaces: [training, research]
              images: [registry.example/trl:1, registry.example/trl:2]
              claim: runs
              folder: septet/trainers
            """.formatted(
                        "[ \"${NODE_RANK:-0}\" = 0 ] || { echo rank $NODE_RANK of $NNODES at $MASTER_ADDR; exit 0; };"
                                + " exec python3 "
                                + Path.of("src/test/resources/dev/septet/activities/train/command/trainer.py")
                                        .toAbsolutePath(),
                        TinyPipeline.baseModel().resolveSibling("lora"),
                        temp.resolve("kubeconfig")));
        prepare(new OutsideTrainers(file, temp.resolve("runs")));
    }

    /** A client of a server without jobs. */
    private static KubernetesClient empty(ApiServer real) {
        KubernetesClient all = real.client();
        for (String namespace : List.of(NAMESPACE, "research")) {
            all.batch().v1().jobs().inNamespace(namespace).list().getItems().forEach(job -> {
                if (!job.getMetadata().getFinalizers().isEmpty()) {
                    all.resource(job).edit(one -> FakeKubelet.withoutFinalizers(one));
                }
                all.resource(job)
                        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                        .delete();
            });
            all.pods().inNamespace(namespace).withGracePeriod(0).delete();
            all.services().inNamespace(namespace).delete();
            all.v1().events().inNamespace(namespace).delete();
        }
        return all;
    }

    final void kubeconfig(String url) throws IOException {
        kubeconfig(url, ApiServer.wanted() ? certificate() : "");
    }

    private static String certificate() throws IOException {
        try {
            return ", certificate-authority: \"%s\"".formatted(ApiServer.start().certificate());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void kubeconfig(String url, String more) throws IOException {
        Files.writeString(temp.resolve("kubeconfig"), """
            apiVersion: v1
            kind: Config
            clusters: [{name: test, cluster: {server: "%s"%s}}]
            users: [{name: septet, user: {token: not-for-messages}}]
            contexts: [{name: test, context: {cluster: test, user: septet}}]
            current-context: test
            """.formatted(url, more));
    }

    @AfterEach
    final void stop() {
        kubelet.close();
        research.close();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(process -> environment(process.pid()).contains("SEPTET_RUN=" + temp))
                    .forEach(ProcessHandle::destroyForcibly);
        }
        client.close();
        server.destroy();
        assertThat(requests.used()).isSubsetOf(allowed());
    }

    /** What the page allows the worker, such as {@code get batch/jobs}. */
    abstract Set<String> allowed();

    final void declare(String before, String now) throws IOException {
        Path file = Objects.requireNonNull(trainers.file());
        Files.writeString(file, Files.readString(file).replace(before, now));
    }

    final List<Job> jobs() {
        return jobs(NAMESPACE);
    }

    final List<Job> jobs(String namespace) {
        return client.batch().v1().jobs().inNamespace(namespace).list().getItems();
    }

    final int pods() {
        return client.pods().inNamespace(NAMESPACE).list().getItems().size();
    }

    private static String environment(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "environ"));
        } catch (IOException gone) {
            return "";
        }
    }
}
