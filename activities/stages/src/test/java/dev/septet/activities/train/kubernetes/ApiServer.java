package dev.septet.activities.train.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real API server with etcd, without controllers and nodes. {@code SEPTET_KUBE_APISERVER} names a folder with the
 * programs {@code kube-apiserver} and {@code etcd}; without it, the tests use an API server in memory. It authorizes
 * requests by the roles of the page trainers.md.
 */
final class ApiServer {
    private static final String ADMIN = "admin-of-the-tests";
    private static final String CERTIFICATE = "certs/apiserver.crt";
    private static final int STARTS_SECONDS = 60;

    private static volatile Optional<ApiServer> running = Optional.empty();

    private final Path folder;
    private final int port;

    private ApiServer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Whether the tests use a real API server. */
    static boolean wanted() {
        return program("kube-apiserver").isPresent();
    }

    private static Optional<Path> program(String name) {
        return Optional.ofNullable(System.getenv("SEPTET_KUBE_APISERVER")).map(folder -> Path.of(folder, name));
    }

    /** The server of this process, which ends with it. */
    static synchronized ApiServer start() throws IOException, InterruptedException {
        if (running.isEmpty()) {
            running = Optional.of(started());
        }
        return running.get();
    }

    private static ApiServer started() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kube-apiserver");
        ApiServer server = new ApiServer(folder, free());
        int clients = free();
        Files.writeString(folder.resolve("sa.key"), key());
        Files.writeString(folder.resolve("tokens.csv"), """
            %s,admin,admin,"system:masters"
            not-for-messages,system:serviceaccount:septet:septet-worker,worker
            """.formatted(ADMIN));
        String etcd = "http://127.0.0.1:" + clients;
        String peers = "http://127.0.0.1:" + free();
        run(
                folder,
                "etcd",
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + etcd,
                "--advertise-client-urls=" + etcd,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers);
        run(
                folder,
                "kube-apiserver",
                "--etcd-servers=" + etcd,
                "--secure-port=" + server.port,
                "--bind-address=127.0.0.1",
                "--cert-dir=" + folder.resolve("certs"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + folder.resolve("sa.key"),
                "--service-account-signing-key-file=" + folder.resolve("sa.key"),
                "--service-cluster-ip-range=10.0.0.0/24",
                "--authorization-mode=RBAC",
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--disable-admission-plugins=ServiceAccount");
        server.await();
        return server;
    }

    private static void run(Path folder, String program, String... arguments) throws IOException {
        Path path = program(program).orElseThrow();
        ProcessBuilder builder = new ProcessBuilder(path.toString());
        builder.command().addAll(List.of(arguments));
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(Redirect.to(folder.resolve(program + ".log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    private void await() throws IOException, InterruptedException {
        for (int second = 0; second < STARTS_SECONDS; second++) {
            if (Files.exists(folder.resolve(CERTIFICATE))) {
                try (KubernetesClient client = client()) {
                    if ("ok".equals(client.raw("/readyz"))) {
                        for (String namespace : List.of("septet", "training", "research")) {
                            Namespace one = new NamespaceBuilder()
                                    .withNewMetadata()
                                    .withName(namespace)
                                    .endMetadata()
                                    .build();
                            client.resource(one).create();
                        }
                        allow(client);
                        return;
                    }
                } catch (io.fabric8.kubernetes.client.KubernetesClientException notYet) {
                    // asked again
                }
            }
            Thread.sleep(1000);
        }
        throw new IOException("the API server does not start; see " + folder);
    }

    /** The role of the page, in both namespaces. */
    private static void allow(KubernetesClient client) {
        for (String namespace : List.of("training", "research")) {
            Stream.concat(KubernetesPageTest.manifests(Role.class), KubernetesPageTest.manifests(RoleBinding.class))
                    .filter(one -> one.getMetadata().getName().equals("septet-worker"))
                    .forEach(one -> {
                        one.getMetadata().setNamespace(namespace);
                        client.resource(one).create();
                    });
        }
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String key() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                    .formatted(Base64.getMimeEncoder()
                            .encodeToString(
                                    generator.generateKeyPair().getPrivate().getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("RSA is a part of Java", e);
        }
    }

    String url() {
        return "https://127.0.0.1:" + port;
    }

    /** Of its certificate, for a kubeconfig. */
    Path certificate() {
        return folder.resolve(CERTIFICATE);
    }

    /** A client with all rights. */
    KubernetesClient client() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withCaCertFile(certificate().toString())
                .withOauthToken(ADMIN)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }
}
