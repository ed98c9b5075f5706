package dev.septet.activities.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.ChannelSpec;
import dev.septet.dsl.pipeline.CommandSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.WebhookSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.notify.Notice;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's own HTTP server and real scripts. */
class NotifyActivitiesTest {
    private static final Notice NOTICE = new Notice(
            "run-1-1",
            "waiting",
            "2026-01-02T03:04:05Z",
            "support-bot",
            "support-bot",
            "run-1",
            "deploy",
            "ml-oncall must approve model 12ab",
            List.of("septet approve support-bot"));

    @TempDir
    private Path temp = Path.of("");

    private HttpServer server;
    private volatile int status = 204;
    private final List<Map<String, List<String>>> headers = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            headers.add(exchange.getRequestHeaders());
            bodies.add(exchange.getRequestBody().readAllBytes());
            paths.add(exchange.getRequestURI().toString());
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void postsTheNoticeSigned() throws Exception {
        tell(new WebhookSpec(url("/hook?room=7"), null, new SecretRef("HOOK_KEY")));

        assertThat(paths).containsExactly("/hook?room=7");
        byte[] body = bodies.get(0);
        assertThat(SpecJson.mapper().readValue(body, Notice.class)).isEqualTo(NOTICE);
        assertThat(headers.get(0).get("Content-type")).containsExactly("application/json");
        assertThat(headers.get(0).get("X-septet-event")).containsExactly("waiting");
        assertThat(headers.get(0).get("X-septet-signature")).containsExactly(Signature.of(body, "k3y"));
    }

    @Test
    void signsAsRfc4231Does() {
        assertThat(Signature.of(
                        "what do ya want for nothing?".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "Jefe"))
                .isEqualTo("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void takesTheAddressFromASecretAndNeverNamesIt() {
        tell(new WebhookSpec(null, new SecretRef("HOOK"), null));
        assertThat(paths).containsExactly("/s3cret-path");
        assertThat(headers.get(0)).doesNotContainKey("X-septet-signature");

        server.stop(0);
        assertThatThrownBy(() -> tell(new WebhookSpec(null, new SecretRef("HOOK"), null)))
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.getOriginalMessage())
                                .startsWith("the webhook's address cannot be reached"))
                .satisfies(failure -> assertThat(com.google.common.base.Throwables.getStackTraceAsString(failure))
                        .doesNotContain("s3cret", ":" + server.getAddress().getPort()));
    }

    @ParameterizedTest
    @CsvSource({
        "500, BackendFailed",
        "503, BackendFailed",
        "429, BackendFailed",
        "404, InvalidPipeline",
        "302, InvalidPipeline"
    })
    void triesAgainOnlyWhatMayHelp(int answer, String type) {
        status = answer;

        assertFails(new WebhookSpec(url("/"), null, null), type, "the webhook answered " + answer);
        assertThat(paths).as("no redirect is followed").containsExactly("/");
    }

    @Test
    void saysWhichSecretIsMissing() {
        assertFails(
                new WebhookSpec(null, new SecretRef("NOT_SET"), null),
                "InvalidPipeline",
                "this worker has no secret NOT_SET");
        assertThat(paths).isEmpty();
    }

    @Test
    void reachesNothingPrivateUnlessTheOperatorAllowsIt() {
        NotifySettings strict =
                NotifySettings.of(Map.of("SEPTET_SECRET_HOOK", url("/inside"), "SEPTET_SECRET_HOOK_PIPELINES", "*"));

        for (ChannelSpec to : List.of(
                new WebhookSpec(url("/"), null, null),
                new WebhookSpec(null, new SecretRef("HOOK"), null),
                new WebhookSpec("https://[::1]:9/", null, null),
                new WebhookSpec("https://169.254.169.254/latest", null, null),
                new WebhookSpec("https://localhost:9/", null, null))) {
            assertFails(strict, to, "PolicyDenied", "the address is not a public Internet address");
        }
        assertThat(paths).isEmpty();
    }

    @Test
    void runsTheOperatorsProgramWithTheNoticeAndNothingElse() throws Exception {
        script(
                "page-oncall",
                "cat > $(dirname \"$0\")/got; env > $(dirname \"$0\")/env; echo $# > $(dirname" + " \"$0\")/count");

        tell(new CommandSpec("page-oncall"));

        assertThat(SpecJson.mapper().readValue(read("got"), Notice.class)).isEqualTo(NOTICE);
        assertThat(read("count").strip()).isEqualTo("0");
        assertThat(read("env")).doesNotContain("HOOK", "SEPTET");
    }

    @Test
    void saysHowAProgramFailed() throws Exception {
        script("fails", "exit 3");
        assertFails(new CommandSpec("fails"), "BackendFailed", "command 'fails' ended with status 3");
        script("deaf", "exec <&-; exit 0");
        tell(new CommandSpec("deaf"));
    }

    @Tag("long")
    @Test
    void killsAProgramThatDoesNotEndWithAllItStarted() throws Exception {
        script("hangs", "sleep 600 & echo $! > $(dirname \"$0\")/child; wait");

        assertThatThrownBy(() -> new OperatorCommand(settings(), Duration.ofSeconds(10))
                        .run(new CommandSpec("hangs"), new byte[0]))
                .isInstanceOf(StageProblem.class)
                .hasMessage("command 'hangs' did not end in 10 s");
        long child = Long.parseLong(read("child").strip());
        ProcessHandle.of(child)
                .ifPresent(killed ->
                        killed.onExit().orTimeout(60, TimeUnit.SECONDS).join());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "plain-file", "way-out"})
    void runsOnlyWhatTheOperatorPutThere(String name) throws Exception {
        Files.writeString(commands().resolve("plain-file"), "#!/bin/sh\n");
        Files.createSymbolicLink(commands().resolve("way-out"), Path.of("/bin/true"));

        assertFails(
                new CommandSpec(name),
                "PolicyDenied",
                "'%s' is not a program in the folder of commands of this worker's operator".formatted(name));
        assertFails(
                NotifySettings.of(Map.of()),
                new CommandSpec(name),
                "PolicyDenied",
                "this worker runs no commands; its operator may name a folder of them in" + " SEPTET_NOTIFY_COMMANDS");
    }

    private void tell(ChannelSpec to) {
        tell(settings(), to);
    }

    private static void tell(NotifySettings settings, ChannelSpec to) {
        new NotifyActivitiesImpl(settings).tell(new NotifySpec(to, NotifySpec.every()), NOTICE, null);
    }

    private void assertFails(ChannelSpec to, String type, String message) {
        assertFails(settings(), to, type, message);
    }

    private static void assertFails(NotifySettings settings, ChannelSpec to, String type, String message) {
        assertThatThrownBy(() -> tell(settings, to)).isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
            assertThat(failure.getType()).isEqualTo(type);
            assertThat(failure.getOriginalMessage()).startsWith(message);
            assertThat(failure.isNonRetryable()).isEqualTo(!type.equals(FailureType.BACKEND_FAILED.type()));
        });
    }

    private NotifySettings settings() {
        return NotifySettings.of(Map.of(
                "SEPTET_NOTIFY_PRIVATE",
                "allow",
                "SEPTET_NOTIFY_COMMANDS",
                commands().toString(),
                "SEPTET_SECRET_HOOK_KEY",
                "k3y",
                "SEPTET_SECRET_HOOK_KEY_PIPELINES",
                "*",
                "SEPTET_SECRET_HOOK_PIPELINES",
                "*",
                "SEPTET_SECRET_HOOK",
                url("/s3cret-path")));
    }

    private String url(String path) {
        return String.format(
                Locale.ROOT, "http://127.0.0.1:%d%s", server.getAddress().getPort(), path);
    }

    private Path commands() {
        try {
            return Files.createDirectories(temp.resolve("commands"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void script(String name, String text) throws IOException {
        Path file = commands().resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String read(String name) throws IOException {
        return Files.readString(commands().resolve(name));
    }
}
