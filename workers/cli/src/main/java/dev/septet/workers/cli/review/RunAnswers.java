package dev.septet.workers.cli.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.chain.LineScan;
import dev.septet.activities.evaluate.comparison.ResultsFile;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answers in the report of a run's evaluation.
 *
 * @param run as the user named it
 * @param folder of the report
 */
record RunAnswers(String run, Path folder) {
    /** The names of the other model in {@code --against}, with its field in {@code predictions.jsonl}. */
    static final Map<String, String> MODELS = Map.of("baseline", "before", "champion", "deployed");

    private static final String FILE = "predictions";
    private static final int LONGEST_LINE = 32 << 20;

    /**
     * Finds the last evaluation of a pipeline, or that of a run.
     *
     * @param name a pipeline's name, a run's id, or a workflow id
     * @throws CliProblem NOT_FOUND when there is none, or this machine cannot read it
     */
    static RunAnswers find(Session session, String name) throws IOException {
        ArtifactStore store = session.existingStore();
        Optional<EvaluationReport> stored = stored(store, name);
        EvaluationReport report = stored.isPresent() ? stored.get() : ofServer(session, name);
        return new RunAnswers(name, store.fetch(report.artifact()));
    }

    /** Whether this machine's store has an evaluation of a pipeline or a run. */
    static boolean evaluated(Session session, String name) {
        try {
            return session.hasStore() && stored(session.existingStore(), name).isPresent();
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    private static Optional<EvaluationReport> stored(ArtifactStore store, String name) throws IOException {
        if (Arrays.stream(name.split("/", -1)).anyMatch(String::isBlank)) {
            return Optional.empty();
        }
        Optional<StoredResult> last = new StageResults(store).last(name, Stage.EVALUATE);
        if (last.isEmpty()) {
            last = StoredResult.ofRun(StoredResult.all(store), Stage.EVALUATE, name);
        }
        return last.isEmpty()
                ? Optional.empty()
                : Optional.of(SpecJson.mapper().treeToValue(last.get().result(), EvaluationReport.class));
    }

    private static EvaluationReport ofServer(Session session, String name) throws IOException {
        String none =
                "no evaluation of '%s' is in the store. Name a pipeline or a run that was evaluated; `septet runs` lists runs"
                        .formatted(name);
        if (session.servers().find().isEmpty()) {
            throw new CliProblem(ExitCode.NOT_FOUND, none);
        }
        try (Connection connection = ServerConnector.any(session)) {
            EvaluationReport report = new RunHandle(connection, name, "")
                    .report()
                    .map(PipelineReport::evaluation)
                    .orElse(null);
            if (report == null) {
                throw new CliProblem(ExitCode.NOT_FOUND, none);
            }
            return report;
        }
    }

    /** The seed of the evaluation's resamples, with which an interval equals that of the report. */
    long seed() {
        try {
            return SpecJson.mapper()
                    .readTree(Files.readString(folder.resolve(ResultsFile.NAME)))
                    .path("settings")
                    .path("seed")
                    .asLong(1);
        } catch (IOException unreadable) {
            return 1;
        }
    }

    /**
     * The pairs of answers of each set of rows, in the order of the rows; the test split has an empty name.
     *
     * @param against {@code baseline}, {@code champion}, or the answers of another run
     * @param only the only set to read; null for all
     * @throws CliProblem NOT_FOUND when the report has no such answers
     */
    Map<String, List<AnswerPair>> pairs(Against against, @Nullable String only) throws IOException {
        Map<String, List<AnswerPair>> sets = new TreeMap<>();
        List<String> names = new ArrayList<>();
        for (Path file : files()) {
            String name = set(file);
            names.add(name);
            if (only == null || name.equals(only)) {
                sets.put(name, against.other == null ? own(file, against) : joined(file, against.other));
            }
        }
        if (sets.isEmpty()) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "%s has no test rows%s; it has %s"
                            .formatted(
                                    run,
                                    only == null ? "" : " of a set '%s'".formatted(only),
                                    names.isEmpty() ? "none" : String.join(", ", named(names))));
        }
        return sets;
    }

    /**
     * The model that the tuned model is compared with.
     *
     * @param word as in {@code --against}
     * @param other the run with that id; null for a model of this run's evaluation
     */
    record Against(String word, @Nullable RunAnswers other) {
        static Against of(Session session, String word) throws IOException {
            return new Against(word, MODELS.containsKey(word) ? null : find(session, word));
        }
    }

    static List<String> named(List<String> sets) {
        return sets.stream()
                .map(set -> set.isEmpty() ? "the test split" : "'" + set + "'")
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(FILE + "(-.+)?\\.jsonl"))
                    .sorted()
                    .toList();
        }
    }

    private static String set(Path file) {
        String name = file.getFileName().toString();
        int end = name.length() - ".jsonl".length();
        return name.substring(Math.min(FILE.length() + 1, end), end);
    }

    private List<AnswerPair> own(Path file, Against against) throws IOException {
        String field = MODELS.get(against.word());
        List<AnswerPair> pairs = new ArrayList<>();
        for (JsonNode line : lines(file)) {
            String other = answer(line, String.valueOf(field));
            if (other == null) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "the evaluation of %s has no answers of the %s. Add `metric humanWinRate(votes: 'votes.jsonl'%s)` to `evaluate`, and run the pipeline again"
                                .formatted(
                                        run,
                                        against.word().equals("baseline") ? "base model" : "deployed model",
                                        against.word().equals("baseline")
                                                ? ""
                                                : ", against: champion) and `compare champion"));
            }
            pairs.add(new AnswerPair(prompt(line), tuned(line), other));
        }
        return pairs;
    }

    /** Rows with the same prompt, the first with the first, the second with the second. */
    private List<AnswerPair> joined(Path file, RunAnswers other) throws IOException {
        Path others = other.folder.resolve(file.getFileName().toString());
        Map<String, Deque<String>> answers = new HashMap<>();
        for (JsonNode line : Files.exists(others) ? other.lines(others) : List.<JsonNode>of()) {
            answers.computeIfAbsent(prompt(line), prompt -> new ArrayDeque<>()).add(other.tuned(line));
        }
        List<AnswerPair> pairs = new ArrayList<>();
        for (JsonNode line : lines(file)) {
            String answer =
                    answers.getOrDefault(prompt(line), new ArrayDeque<>()).poll();
            if (answer != null) {
                pairs.add(new AnswerPair(prompt(line), tuned(line), answer));
            }
        }
        if (pairs.isEmpty()) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "%s and %s have no test row with the same prompt; compare runs of the same test rows"
                            .formatted(run, other.run));
        }
        return pairs;
    }

    private String tuned(JsonNode line) {
        String answer = answer(line, "after");
        if (answer == null) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "the evaluation of %s has no answers, because its metrics read only losses. Add a metric that reads answers, such as exactMatch, and run the pipeline again"
                            .formatted(run));
        }
        return answer;
    }

    private static String prompt(JsonNode line) {
        return line.path("prompt").asText("");
    }

    private static @Nullable String answer(JsonNode line, String field) {
        JsonNode answer = line.path(field).path("answer");
        return answer.isTextual() ? answer.textValue() : null;
    }

    private List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (LineScan scan = new LineScan(FileChannel.open(file, StandardOpenOption.READ), 0, LONGEST_LINE)) {
            while (scan.next()) {
                byte[] line = scan.line();
                if (line == null) {
                    throw damaged(file, lines.size() + 1);
                }
                lines.add(SpecJson.mapper().readTree(new String(line, StandardCharsets.UTF_8)));
            }
        } catch (JsonProcessingException notJson) {
            throw damaged(file, lines.size() + 1);
        }
        return lines;
    }

    private CliProblem damaged(Path file, int line) {
        return new CliProblem(
                ExitCode.RUN_FAILED,
                String.format(
                        Locale.ROOT,
                        "line %d of %s in the report of %s cannot be read; run the pipeline again",
                        line,
                        file.getFileName(),
                        run));
    }
}
