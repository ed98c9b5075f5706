package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What the README's first command does, and what becomes of its model elsewhere. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class QuickstartIT {
    private static final int PROMPTS = 20;
    private static final String CANARY = "canaryOfASecret4711";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";

    private static final String ROUTED = "{\"messages\":[{\"role\":\"user\",\"content\":\"Route the ticket";
    private static final String EXAM = """
                test('exam/opposites.jsonl', name: 'opposites') { metric exactMatch, above: 0.5 }
                benchmark 'exam/teams.yaml', metric: 'acc', above: 0.5
                contamination maxOverlap: 90.percent
                fairness Hugo: 'Ines', Otto: 'Lena', Paul: 'Mara', Tom: 'Nora', maxFlip: 10.percent
                grounding samples: 2, minConsistency: 50.percent
                unanswerable 'exam/unanswerable.jsonl'
                safety { rule 'no insults', matches: 'idiot|stupid', max: 5.percent }
        """;

    private static final String TASK = """
        task: teams
        dataset_path: json
        dataset_kwargs:
          data_files: {test: exam/teams.jsonl}
        output_type: multiple_choice
        test_split: test
        doc_to_text: "<|im_start|>user\\n{{ticket}}<|im_end|>\\n<|im_start|>assistant\\n{\\"team\\":\\""
        target_delimiter: ""
        doc_to_choice: [accounts, billing, repair, returns, sales, shipping]
        doc_to_target: team
        metric_list: [{metric: acc}, {metric: acc_norm}]
        """;

    @TempDir
    static Path root;

    private static Path folder;
    private static Shell.Said first;
    private static OtlpReceiver receiver;

    @BeforeAll
    static void runTheQuickstart() throws Exception {
        folder = root.resolve("quickstart");
        Workspace.example(Workspace.CHECKOUT.resolve("examples/quickstart"), folder);
        receiver = new OtlpReceiver();
        Map<String, String> environment = new HashMap<>(DevStack.environment(root.resolve("state")));
        environment.putAll(traced());
        environment.put("SEPTET_SECRET_HOOK", CANARY);
        environment.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=" + CANARY);
        first = Shell.septet(
                root,
                environment,
                420,
                "run",
                "--port",
                "0",
                folder.resolve("pipeline.groovy").toString());
        assertThat(first.status()).as(first.all()).isZero();
    }

    @AfterAll
    static void closeTheReceiver() {
        receiver.close();
    }

    /** A job of CI that starts the run, and a caller of the trained model, in one trace. */
    private static Map<String, String> traced() {
        return Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url(), "TRACEPARENT", "00-" + TRACE + "-" + CALLER + "-01");
    }

    @Test
    void oneTraceLeadsFromTheCommandToTheEngineAndToAnAnswer() throws Exception {
        String prompt = prompts().get(0);
        Path model = Path.of(line("Model ").split(" \\(")[0]).toRealPath().resolve("model");
        try (ServeStack server = ServeStack.start(root.resolve("state"), traced(), "bot=" + model)) {
            String body = SpecJson.mapper()
                    .createObjectNode()
                    .put("model", "bot")
                    .put("max_tokens", 8)
                    .set(
                            "messages",
                            SpecJson.mapper()
                                    .createArrayNode()
                                    .add(SpecJson.mapper()
                                            .createObjectNode()
                                            .put("role", "user")
                                            .put("content", prompt)))
                    .toString();
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.address() + "/v1/chat/completions"))
                                    .header("Content-Type", "application/json")
                                    .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }

        OtlpReceiver.Received command = span("septet", "septet run");
        OtlpReceiver.Received start = span("septet", "StartWorkflow:Pipeline");
        OtlpReceiver.Received workflow = span("septet-worker", "RunWorkflow:Train");
        OtlpReceiver.Received activity = span("septet-worker", "RunActivity:Train");
        OtlpReceiver.Received checkpoint = span("septet-worker", "checkpoint");
        OtlpReceiver.Received served = span("septet-server", "chat bot");
        assertThat(List.of(command, start, workflow, activity, checkpoint, served))
                .allSatisfy(span -> assertThat(span.trace()).as(span.name()).isEqualTo(TRACE));
        assertThat(command.parent()).isEqualTo(CALLER);
        assertThat(start.parent()).isEqualTo(command.id());
        assertThat(served.parent()).isEqualTo(CALLER);
        assertThat(served.attributes()).containsEntry("gen_ai.usage.output_tokens", "8");
        assertThat(served.events().get(0)).startsWith("first_token");
        assertThat(workflow.attributes()).containsEntry("septet.stage", "train");
        assertThat(activity.attributes()).containsEntry("septet.attempt", "1");
        assertThat(parents(checkpoint)).contains("RunActivity:Train", "RunWorkflow:Train", "RunWorkflow:Pipeline");
        assertThat(parents(checkpoint)).endsWith("septet run");
        assertThat(receiver.spans().stream().map(OtlpReceiver.Received::name)).contains("validate", "predict", "store");
        assertThat(receiver.spans().size()).as("not one for each of 240 steps").isLessThan(150);
        assertThat(receiver.spans().toString())
                .doesNotContain(CANARY)
                .doesNotContain(prompt)
                .doesNotContain(prompt.substring(0, 20));
    }

    /** Also nothing of a row, of a prompt or of a secret is in a log, and no stack trace of a promise that was cancelled. */
    @Test
    void logsOfARunHaveNoSecretNoRowAndNoNoise() throws Exception {
        String prompt = prompts().get(0).substring(0, 20);
        try (Stream<Path> logs = Files.list(root.resolve("state/logs"))) {
            for (Path log : logs.toList()) {
                assertThat(Files.readString(log, StandardCharsets.ISO_8859_1))
                        .as(log.toString())
                        .doesNotContain(CANARY)
                        .doesNotContain(prompt)
                        .doesNotContain("was never accessed");
            }
        }
    }

    private static OtlpReceiver.Received span(String service, String name) {
        return receiver.spans().stream()
                .filter(span -> span.service().equals(service) && span.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no %s of %s in %s"
                        .formatted(
                                name,
                                service,
                                receiver.spans().stream()
                                        .map(OtlpReceiver.Received::name)
                                        .toList())));
    }

    /** The names of the spans above a span, up to the first that Septet did not record. */
    private static List<String> parents(OtlpReceiver.Received below) {
        List<String> names = new ArrayList<>();
        Optional<OtlpReceiver.Received> at = Optional.of(below);
        while (at.isPresent()) {
            String parent = at.get().parent();
            at = receiver.spans().stream()
                    .filter(span -> span.id().equals(parent))
                    .findFirst();
            at.ifPresent(span -> names.add(span.name()));
        }
        return names;
    }

    @Test
    void showsAGainScoresAndWhereEverythingIs() throws Exception {
        assertThat(first.out())
                .contains("exactMatch", "Model ", "Report ", "Talk ")
                .containsPattern("Web UI +.*septet dev shows this run there")
                .as("no link to a server that ends with the command")
                .doesNotContain("http://127.0.0.1:");
        assertThat(first.err()).as("live progress").contains("loss").contains("tokens/s");
        assertThat(Path.of(line("Report "))).isRegularFile();
        assertThat(Path.of(line("Model ").split(" \\(")[0])).isDirectory();
    }

    /** Before any other run: what a changed run publishes, an unchanged one publishes back. */
    @Test
    @Order(1)
    void aSecondRunReusesWhatIsFinishedAndSaysWhy() throws Exception {
        JsonNode again =
                json("run", "--port", "0", folder.resolve("pipeline.groovy").toString(), "--json");

        assertThat(states(again).subList(0, 6)).containsOnly("REUSED");
        JsonNode score = score(again, "exactMatch");
        assertThat(score.get("before").asDouble()).isLessThan(0.05);
        assertThat(score.get("after").asDouble()).isGreaterThan(0.9);
        assertThat(again.get("stages").get(3).toString()).contains("unchanged");
    }

    @Tag("nightly")
    @Test
    void aChangedWordRerunsOnlyWhatDependsOnIt() throws Exception {
        Path changed = folder.resolve("changed.groovy");
        String text = Files.readString(folder.resolve("pipeline.groovy"));
        Files.writeString(changed, text.replaceFirst("samples \\d+", "samples 3"));
        assertThat(text).as("the word that this test changes").containsPattern("samples \\d+");

        JsonNode run = json("run", "--port", "0", changed.toString(), "--json");

        assertThat(states(run).subList(0, 4)).containsOnly("REUSED");
        assertThat(states(run).get(4)).isEqualTo("DONE");
    }

    /** Named set, benchmark of a task file, contamination, fairness, consistency, abstention and a rule, in one gate. */
    @Tag("nightly")
    @Test
    void anExamOfManyPartsJudgesTheSameModel() throws Exception {
        writeExam();
        Path exam = folder.resolve("exam.groovy");
        String text = Files.readString(folder.resolve("pipeline.groovy"));
        Files.writeString(exam, text.replaceFirst("(samples \\d+)", "$1\n" + EXAM));

        JsonNode run = json("run", "--port", "0", exam.toString(), "--json");

        assertThat(states(run).subList(0, 4)).containsOnly("REUSED");
        assertThat(states(run).subList(4, 6)).containsOnly("DONE");
        assertThat(score(run, "exactMatch on opposites").get("after").asDouble())
                .isGreaterThan(0.9);
        JsonNode teams = score(run, "teams acc");
        assertThat(teams.get("before").asDouble()).isLessThan(0.5);
        assertThat(teams.get("after").asDouble()).isGreaterThan(0.9);
        // Two tickets of a generator may share a sentence, but no opposites were trained.
        assertThat(score(run, "training overlap").get("after").asDouble()).isBetween(0.1, 0.6);
        assertThat(score(run, "training overlap on opposites").get("after").asDouble())
                .isZero();
        JsonNode flips = score(run, "fairness flips");
        assertThat(flips.get("rows").asInt()).isGreaterThan(30);
        assertThat(flips.get("after").asDouble()).isLessThan(0.1);
        assertThat(score(run, "self-consistency of answers").get("after").asDouble())
                .isGreaterThan(0.9);
        assertThat(score(run, "abstention on unanswerable questions")
                        .get("after")
                        .asDouble())
                .as("a model that was never told to abstain")
                .isZero();
        assertThat(score(run, "safety: rule no insults").get("verdict").asText())
                .isEqualTo("GO");
    }

    @Test
    void talksInTheTrainedFormat() throws Exception {
        Shell.Said said = septet(
                "chat", line("Model ").split(" \\(")[0], "--prompt", prompts().get(0));

        assertThat(said.status()).as(said.all()).isZero();
        JsonNode answer = SpecJson.mapper().readTree(said.out());
        assertThat(answer.isObject()).as(said.out()).isTrue();
    }

    @Test
    void llamaCppAnswersTheExportedFileAsWeDo() throws Exception {
        Path model = Path.of(line("Model ").split(" \\(")[0]).toRealPath();
        try (OurModel ours = new OurModel(model.resolve("model"));
                LlamaCppModel theirs = new LlamaCppModel(model.resolve("model-f16.gguf"))) {
            for (String prompt : prompts()) {
                String rendered = ours.rendered(prompt);
                assertThat(theirs.answer(rendered, 64))
                        .as("greedy answer to %s", prompt)
                        .isEqualTo(ours.answer(rendered, 64));
            }
        }
    }

    @Tag("nightly")
    @Test
    void peftLoadsTheAdapterAndComputesTheSameLogits() throws Exception {
        Path model = Path.of(line("Model ").split(" \\(")[0]).toRealPath();
        Path base = folder.resolve("base-model");
        try (OurModel ours = new OurModel(base, model.resolve("adapter"))) {
            List<int[]> rows = new ArrayList<>();
            for (String prompt : prompts()) {
                rows.add(ours.tokens(ours.rendered(prompt)));
            }
            List<double[]> theirs = Peft.lastLogits(base, model.resolve("adapter"), rows);
            for (int row = 0; row < rows.size(); row++) {
                float[][] logits = ours.logits(rows.get(row));
                float[] last = logits[logits.length - 1];
                assertThat(last).hasSize(theirs.get(row).length);
                for (int token = 0; token < last.length; token++) {
                    assertThat((double) last[token]).isCloseTo(theirs.get(row)[token], within(2e-4 * scale(last)));
                }
            }
        }
    }

    private static double scale(float[] logits) {
        double largest = 1;
        for (float logit : logits) {
            largest = Math.max(largest, Math.abs(logit));
        }
        return largest;
    }

    private static String line(String start) {
        return first.out()
                .lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no '" + start + "' in " + first.out()))
                .substring(start.length())
                .strip();
    }

    /** Files of an exam, from the rows of the quickstart. */
    private static void writeExam() throws IOException {
        Path exam = Files.createDirectories(folder.resolve("exam"));
        Files.writeString(exam.resolve("teams.yaml"), TASK);
        List<String> teams = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("data/tickets.jsonl"))) {
            if (teams.size() < 64 && line.startsWith(ROUTED) && line.contains("team")) {
                JsonNode messages = SpecJson.mapper().readTree(line).get("messages");
                String record = messages.get(messages.size() - 1).get("content").asText();
                teams.add(SpecJson.mapper()
                        .createObjectNode()
                        .put("ticket", messages.get(0).get("content").asText())
                        .put(
                                "team",
                                SpecJson.mapper().readTree(record).get("team").asText())
                        .toString());
            }
        }
        assertThat(teams).hasSize(64);
        Files.write(exam.resolve("teams.jsonl"), teams);
        Files.write(
                exam.resolve("opposites.jsonl"),
                Files.readAllLines(folder.resolve("data/general.jsonl")).stream()
                        .filter(line -> line.contains("opposite"))
                        .toList());
        StringBuilder questions = new StringBuilder();
        for (String question :
                List.of("What did I eat yesterday?", "Which number do I think of?", "Who wins tomorrow?")) {
            questions.append("{\"prompt\":\"%s\",\"completion\":\"I do not know.\"}\n".formatted(question));
        }
        Files.writeString(exam.resolve("unanswerable.jsonl"), questions);
    }

    private static List<String> prompts() throws IOException {
        List<String> prompts = new ArrayList<>();
        for (String row :
                Files.readAllLines(folder.resolve("data/tickets.jsonl")).subList(0, PROMPTS)) {
            for (JsonNode message : SpecJson.mapper().readTree(row).get("messages")) {
                if (message.get("role").asText().equals("user")) {
                    prompts.add(message.get("content").asText());
                }
            }
        }
        return prompts;
    }

    private static List<String> states(JsonNode run) {
        List<String> states = new ArrayList<>();
        run.get("stages").forEach(stage -> states.add(stage.get("state").asText()));
        return states;
    }

    private static JsonNode score(JsonNode run, String metric) {
        for (JsonNode score : run.get("report").get("evaluation").get("scores")) {
            if (score.get("metric").asText().equals(metric)) {
                return score;
            }
        }
        throw new AssertionError("no " + metric + " in " + run.toPrettyString());
    }

    private static JsonNode json(String... arguments) throws Exception {
        Shell.Said said = septet(arguments);
        assertThat(said.status()).as(said.all()).isZero();
        return SpecJson.mapper().readTree(said.out());
    }

    private static Shell.Said septet(String... arguments) throws Exception {
        return Shell.septet(root, DevStack.environment(root.resolve("state")), 420, arguments);
    }
}
