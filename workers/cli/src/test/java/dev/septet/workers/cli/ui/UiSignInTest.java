package dev.septet.workers.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.septet.activities.identity.FakeProvider;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** People who sign in to the pages at an identity provider, over real HTTP. */
class UiSignInTest {
    private static final String CODE = "code-1";

    @TempDir
    private Path home = Path.of("");

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private FakeProvider provider = new FakeProvider("everybody", "llm-leads");
    private Path file = Path.of("");

    UiSignInTest() throws Exception {}

    @BeforeEach
    void declare() throws IOException {
        file = provider.declare(home.resolve("operator.yaml"));
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void close() {
        logger().detachAppender(log);
        provider.close();
        assertThat(log.list)
                .as("no code, no token and no stack trace, which may have them")
                .noneMatch(event -> event.getFormattedMessage().contains(CODE)
                        || event.getFormattedMessage().contains("eyJ")
                        || event.getThrowableProxy() != null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private Captured septet() {
        return new Captured(home).with("SEPTET_TRAINERS", file.toString());
    }

    private UiStart.Running start() throws IOException {
        return new UiStart(UiStart.HOST, 0, null, null).start(septet().session());
    }

    private void role(String line) throws IOException {
        Files.writeString(file, "    " + line + "\n", StandardOpenOption.APPEND);
    }

    @Test
    void aPersonSignsInSteersAndSignsOut() throws Exception {
        role("ui-act: [llm-leads]");
        try (UiStart.Running running = start()) {
            PageBrowser browser = new PageBrowser(running);
            HttpResponse<String> gate = browser.get("/workers");
            assertThat(gate.statusCode()).isEqualTo(401);
            assertThat(gate.body())
                    .contains("name=\"key\"", "Sign in with 127.0.0.1")
                    .contains("href=\"" + running.server().address() + "/sign-in/provider\"");
            assertThat(running.access()).endsWith(", or a sign-in at 127.0.0.1");

            HttpResponse<String> begun = browser.get("/sign-in/provider");
            assertThat(begun.statusCode()).isEqualTo(303);
            assertThat(PageBrowser.location(begun))
                    .startsWith(provider.issuer() + "/authorize?response_type=code&client_id=septet&")
                    .contains("code_challenge_method=S256", "&nonce=", "&scope=openid")
                    .contains("&redirect_uri="
                            + java.net.URLEncoder.encode(
                                    running.server().address() + "/signed-in", StandardCharsets.UTF_8))
                    .doesNotContain("prompt");
            assertThat(begun.headers().firstValue("Set-Cookie").orElseThrow())
                    .contains("HttpOnly", "SameSite=Lax", "Path=/signed-in", "Max-Age=600")
                    .doesNotContain("Secure");

            HttpResponse<String> entered = browser.visit(PageBrowser.location(begun));
            assertThat(entered.statusCode()).as(entered.body()).isEqualTo(200);
            assertThat(entered.body())
                    .contains("You are anna@example.com.", "content=\"0;url=/\"")
                    .doesNotContain(CODE, "eyJ");
            assertThat(entered.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(entered.headers().allValues("Set-Cookie"))
                    .anyMatch(cookie -> cookie.startsWith("septet-page-")
                            && cookie.contains("HttpOnly")
                            && cookie.contains("SameSite=Strict")
                            && !cookie.contains("eyJ"))
                    .anyMatch(cookie ->
                            cookie.startsWith("septet-sign-in-") && cookie.contains("Expires=Thu, 01 Jan 1970"));

            String page = browser.get("/").body();
            assertThat(page).contains("anna@example.com").doesNotContain("read only");
            assertThat(browser.post("/steer", "action=pause&run=nobody&back=/workers")
                            .statusCode())
                    .isEqualTo(303);
            assertThat(browser.get("/workers").body()).contains("no Temporal server runs on this machine");
            browser.post("/sign-out", "");
            assertThat(browser.get("/").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void theOperatorsFileDecidesAndARefusalNamesItsLine() throws Exception {
        role("lab: [lab-people]");
        try (UiStart.Running running = start()) {
            PageBrowser approver = new PageBrowser(running);
            assertThat(approver.signIn().statusCode()).isEqualTo(200);
            assertThat(approver.get("/").body()).contains("anna@example.com, read only");
            HttpResponse<String> steered = approver.post("/steer", "action=pause&run=nobody");
            assertThat(steered.statusCode()).isEqualTo(403);
            assertThat(steered.body())
                    .contains("anna@example.com may not steer trainings", "ui-act: [GROUP]", "identity: roles:")
                    .contains(file.toString(), "SEPTET_TRAINERS", "Groups of this person: everybody, llm-leads");
            HttpResponse<String> answered = approver.post("/answer", "answer=approve&run=nobody&role=lab");
            assertThat(answered.statusCode()).isEqualTo(403);
            assertThat(answered.body()).contains("may not answer as lab", "lab: [GROUP]");

            provider.claim(Map.of("groups", List.of("everybody")));
            PageBrowser stranger = new PageBrowser(running);
            HttpResponse<String> refused = stranger.signIn();
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("may not see these pages", "ui-read: [GROUP]", file.toString());
            assertThat(stranger.get("/").statusCode()).isEqualTo(401);
            provider.claim(Map.of("groups", List.of()));
            assertThat(new PageBrowser(running).signIn().body())
                    .contains("The ID token has no group: the provider must add the claim")
                    .contains("groups");
        }
    }

    @Test
    void aRedirectCountsOnceAndInItsBrowserOnly() throws Exception {
        try (UiStart.Running running = start()) {
            PageBrowser browser = new PageBrowser(running);
            String redirect = browser.redirect();
            assertThat(browser.visit(redirect.replaceAll("state=....", "state=AAAA"))
                            .statusCode())
                    .isEqualTo(400);
            for (String wrong : List.of(
                    "/signed-in",
                    "/signed-in?code=" + CODE,
                    "/signed-in?code=" + CODE + "&state=",
                    "/signed-in?state=%zz&code=%",
                    "/signed-in?code=" + CODE + "&state=" + "x".repeat(5000))) {
                assertThat(browser.raw(wrong)).as(wrong).startsWith("HTTP/1.1 400");
            }
            assertThat(browser.raw("/signed-in?state=" + "x".repeat(10_000))).startsWith("HTTP/1.1 414");
            HttpResponse<String> victim = new PageBrowser(running).visit(redirect);
            assertThat(victim.statusCode())
                    .as("the attacker's sign-in in another browser")
                    .isEqualTo(400);
            assertThat(victim.body()).contains("did not begin in this browser");
            assertThat(victim.headers().allValues("Set-Cookie")).isEmpty();
            assertThat(browser.visit(redirect).statusCode())
                    .as("after the try of another browser")
                    .isEqualTo(400);
            assertThat(provider.exchanges()).as("no code reached the provider").isZero();

            String good = browser.redirect();
            assertThat(browser.visit(good).statusCode()).isEqualTo(200);
            assertThat(browser.visit(good).statusCode()).as("used twice").isEqualTo(400);
            assertThat(browser.visit(browser.redirect() + "&iss=https://evil.example")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(browser.visit(browser.redirect().replace("code=", "token="))
                            .statusCode())
                    .isEqualTo(400);
            assertThat(provider.exchanges()).isEqualTo(1);
            assertThat(browser.post("/signed-in", "").statusCode()).isEqualTo(405);
            assertThat(browser.visit(browser.redirect() + "&back=//evil.example")
                            .body())
                    .as("no redirect to other sites")
                    .contains("content=\"0;url=/\"");
        }
    }

    @Test
    void whatTheProviderRefusesOrBreaksIsNamed() throws Exception {
        try (UiStart.Running running = start()) {
            provider.refuse("access_denied");
            refused(running, 403, "the identity provider refuses the sign-in: access_denied");
            provider.refuse("%3Cscript%3E%0Aserver_error" + "x".repeat(300));
            refused(running, 502, "&lt;script&gt;?server_error");
            provider.refuse(null);
            for (String wrong : List.of("x".repeat(70_000), "not JSON eyJ", "{}", "{\"id_token\":\"eyJ\"}")) {
                provider.answer(wrong);
                refused(running, 502, "the sign-in failed: ");
            }
            provider.answer(null);
            provider.claim(Map.of("aud", List.of("mail")));
            refused(running, 403, "it is for another client");
            provider.claim(Map.of("nonce", "of another sign-in"));
            refused(running, 403, "it is for another answer or another sign-in");
            provider.claim(Map.of("exp", Date.from(Instant.now().minusSeconds(600))));
            refused(running, 403, "it has expired");
            provider.claim(Map.of("iss", "https://evil.example"));
            refused(running, 403, "another issuer made it");
            provider.claim(Map.of("email_verified", false));
            refused(running, 403, "does not say that it has verified");
            provider.claim(Map.of("email", "An\u200bna@example.com"));
            refused(running, 403, "invisible character");
            provider.claim(Map.of());
            PageBrowser browser = new PageBrowser(running);
            String redirect = browser.redirect();
            provider.close();
            HttpResponse<String> away = browser.visit(redirect);
            assertThat(away.statusCode()).isEqualTo(502);
            assertThat(away.body()).contains("does not answer");
        }
        try (UiStart.Running running = start()) {
            HttpResponse<String> away = new PageBrowser(running).get("/sign-in/provider");
            assertThat(away.statusCode()).isEqualTo(502);
            assertThat(away.body()).contains("no sign-in now", "does not answer");
        }
        assertThat(log.list).isNotEmpty();
    }

    private static void refused(UiStart.Running running, int status, String reason) throws Exception {
        PageBrowser browser = new PageBrowser(running);
        HttpResponse<String> refused = browser.signIn();
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
        assertThat(refused.body()).contains(reason).doesNotContain("eyJ", CODE);
        assertThat(browser.get("/").statusCode()).isEqualTo(401);
    }

    @Test
    void behindAProxyTheDeclaredAddressCounts() throws Exception {
        Captured septet = septet().with("SEPTET_UI_PUBLIC_ADDRESS", "https://Septet.example:443/");
        try (UiStart.Running running = new UiStart(UiStart.HOST, 0, null, null).start(septet.session())) {
            String begun = head(running, "septet.example");
            assertThat(begun)
                    .startsWith("HTTP/1.1 303")
                    .contains("redirect_uri=https%3A%2F%2Fseptet.example%2Fsigned-in&")
                    .contains("Secure");
            assertThat(head(running, "127.0.0.1")).startsWith("HTTP/1.1 421").contains("Host");
            assertThat(head(running, "evil.example")).startsWith("HTTP/1.1 421");
        }
        for (String wrong :
                List.of("septet.example", "http://septet.example", "https://septet.example/page", "https://a@b")) {
            assertThatThrownBy(() -> new UiStart(UiStart.HOST, 0, null, null, wrong).start(septet().session()))
                    .as(wrong)
                    .isInstanceOfSatisfying(
                            CliProblem.class,
                            problem -> assertThat(problem.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessageContaining("expected an address such as https://septet.example");
        }
    }

    @Test
    void otherMachinesNeedTheDeclaredAddress() throws Exception {
        assertThatThrownBy(() -> new UiStart("0.0.0.0", 0, null, null).start(septet().session()))
                .hasMessageContaining("no keys are set")
                .hasMessageContaining("SEPTET_UI_PUBLIC_ADDRESS");
        Path keys = home.resolve("ui.keys");
        septet().run("key", "create", "anna", "--key-file", keys, "--scope", "ui-read");
        try (UiStart.Running running = new UiStart("0.0.0.0", 0, keys, null).start(septet().session())) {
            assertThat(running.access()).contains("without a sign-in at 127.0.0.1, because --public-address");
        }
        try (UiStart.Running running =
                new UiStart("0.0.0.0", 0, null, null, "https://septet.example").start(septet().session())) {
            assertThat(running.link()).isEqualTo("https://septet.example/");
            String gate = head(running, "septet.example", "/");
            assertThat(gate).contains("Sign in with 127.0.0.1").doesNotContain("name=\"key\"");
        }
        Files.writeString(file, "identity: {issuer: 'http://login.example'}");
        assertThatThrownBy(this::start)
                .isInstanceOf(CliProblem.class)
                .hasMessageContaining("identity: issuer: expected");
    }

    private static String head(UiStart.Running running, String host) throws IOException {
        return head(running, host, "/sign-in/provider");
    }

    /** An answer to a browser that sees another host name than the server's own. */
    private static String head(UiStart.Running running, String host, String path) throws IOException {
        int port = URI.create(running.server().address()).getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, host)
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
