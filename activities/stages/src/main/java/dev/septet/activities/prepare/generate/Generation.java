package dev.septet.activities.prepare.generate;

import dev.septet.activities.answer.BudgetLedger;
import dev.septet.activities.answer.JsonSchema;
import dev.septet.activities.answer.JsonValues;
import dev.septet.activities.answer.Requests;
import dev.septet.activities.answer.SchemaFile;
import dev.septet.activities.answer.Teacher;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.prepare.augment.RowDraw;
import dev.septet.activities.prepare.augment.RowTextFields;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.activities.prepare.quality.DetectedLanguage;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.expression.Expression;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.expression.Shape;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows that a model writes, as one {@code generate} declares them. */
public final class Generation implements AutoCloseable {
    private final GenerateSpec spec;
    private final Teacher teacher;
    private final Requests requests;
    private final RequestTexts prompts;
    private final RowDraw draw;
    private final @Nullable Expression filter;
    private final @Nullable JsonSchema schema;
    private final @Nullable RowQuestions questions;
    private boolean ended;
    private long answers;

    /**
     * How the requests are sent.
     *
     * @param scope names the run and the step, for the record of the budget
     * @param alive is called about every second; what it throws ends the work
     */
    public record Sending(ArtifactStore store, Fence fence, String scope, RequestClock clock, Runnable alive) {}

    /**
     * Opens a step and its models.
     *
     * @param teachers opens the models
     * @param files finds a file that the pipeline file names
     * @throws DatasetProblem when the file of {@code prompts} is not one
     */
    public Generation(GenerateSpec spec, Teachers teachers, Function<String, Path> files, Sending sending)
            throws IOException {
        this.spec = spec;
        draw = new RowDraw("generate " + kind(spec), spec.seed());
        prompts = spec.prompts() == null
                ? RequestTexts.own(spec.kind())
                : RequestTexts.read(spec.kind(), files.apply(spec.prompts()), spec.prompts());
        filter = spec.filter() == null
                ? null
                : Expression.of(spec.filter(), new Shape(RequiredResult.TRUTH, List.of("prompt", "answer")));
        schema = schema(spec, files);
        List<Teacher> models = opened(spec, teachers);
        teacher = models.get(0);
        requests = new Requests(
                new Requests.Limits("generate", spec.budget(), spec.requestsPerMinute(), spec.concurrency(), false),
                teacher,
                sending.store(),
                sending.fence(),
                sending.scope(),
                sending.clock(),
                sending.alive());
        questions = spec.check() == null || !spec.check().asksModel()
                ? null
                : new RowQuestions(spec, requests, models.size() == 1 ? null : models.get(1), this::send);
    }

    private static @Nullable JsonSchema schema(GenerateSpec spec, Function<String, Path> files) throws IOException {
        String name = spec.check() == null ? null : spec.check().schema();
        return name == null ? null : SchemaFile.read(files.apply(name), "prepare: generate", name);
    }

    /** The models of a step. If one cannot be opened, none stays open. */
    private static List<Teacher> opened(GenerateSpec spec, Teachers teachers) throws IOException {
        List<Teacher> open = new ArrayList<>();
        try {
            for (GenerateSpec.Teacher by : spec.models()) {
                open.add(teachers.open(by, spec.budget()));
            }
            return open;
        } catch (IOException | RuntimeException problem) {
            open.forEach(Teacher::close);
            throw problem;
        }
    }

    /** The version of Septet's own texts, which rows depend on. */
    public static String promptsVersion() {
        return RequestTexts.VERSION;
    }

    /** The version of the texts that ask about rows. */
    public static String checksVersion() {
        return RowQuestions.VERSION;
    }

    /** The name of the kind in rows and in the card. */
    public static String kind(GenerateSpec spec) {
        return kind(spec.kind());
    }

    /** The name of a kind in rows and in the card. */
    public static String kind(GenerateSpec.Kind kind) {
        return switch (kind) {
            case PARAPHRASES -> "paraphrase";
            case BACK_TRANSLATIONS -> "backTranslation";
            case QUESTIONS -> "question";
            case RARE -> "rareClass";
            case EDGE_CASES -> "edgeCase";
            case DISTILL -> "distilled";
        };
    }

    /**
     * One row to make.
     *
     * @param parent the training row that it is made from
     * @param copy number of the row among those of its parent, from 0
     * @param examples rows that the request shows
     */
    public record Task(Row parent, int copy, List<Row> examples) {
        public Task {
            examples = List.copyOf(examples);
        }
    }

    /**
     * The result of a task.
     *
     * @param row null when there is none
     * @param removedBy why there is no row, a name of the dataset card
     */
    public record Made(@Nullable Row row, String removedBy) {
        static Made none(String why) {
            return new Made(null, why);
        }
    }

    /**
     * What the answers of the step used, also those of earlier runs. Requests that were lost are not in it: the card must not
     * depend on kills.
     */
    public record Usage(String by, long answers, long tokens, double cost, boolean budgetEnded) {}

    /** What the step used so far. */
    public Usage usage() {
        BudgetLedger.Amount used = requests.used();
        // Money is rounded, because the order of a sum must not show.
        return new Usage(spec.by().written(), answers, used.tokens(), Math.round(used.cost() * 1e6) / 1e6, ended);
    }

    /** Whether the budget ended before the last task. */
    public boolean ended() {
        return ended;
    }

    /** The most tasks of one call of {@link #make}. */
    public int mostTasks() {
        return spec.agree() == null
                ? Requests.MOST
                : Math.max(1, Requests.MOST / spec.agree().of());
    }

    /**
     * Whether rows are made from a training row.
     *
     * @param digest the row's digest
     */
    public boolean uses(Row row, byte[] digest) {
        return fits(row) && draw.chooses(digest, spec.share());
    }

    private boolean fits(Row row) {
        boolean plain = !(row instanceof ChatRow chat && chat.question().structured());
        return switch (spec.kind()) {
            case PARAPHRASES, BACK_TRANSLATIONS ->
                !RowTextFields.of(row).questions().isEmpty()
                        && !row.promptText().isBlank();
            case QUESTIONS -> row instanceof TextRow;
            case RARE, EDGE_CASES -> !(row instanceof PreferenceRow) && !(row instanceof TextRow) && plain;
            case DISTILL -> !(row instanceof PreferenceRow) && !(row instanceof TextRow) && plain;
        };
    }

    /**
     * Makes rows.
     *
     * @param tasks at most {@link #mostTasks}
     * @return one result for each task, in their order; fewer when the budget ends
     * @throws StageProblem when the service fails, or when the budget ends and the pipeline says {@code end: fail}
     */
    public List<Made> make(List<Task> tasks) throws IOException {
        List<EndpointRequest> asked =
                tasks.stream().flatMap(task -> requests(task).stream()).toList();
        int each = tasks.isEmpty() ? 1 : asked.size() / tasks.size();
        List<Requests.Reply> replies = send(requests, asked);
        if (spec.kind() == GenerateSpec.Kind.BACK_TRANSLATIONS) {
            replies = back(tasks, replies);
        }
        List<Made> made = new ArrayList<>();
        for (int at = 0; (at + 1) * each <= replies.size(); at++) {
            made.add(valid(filtered(row(tasks.get(at), replies.subList(at * each, (at + 1) * each)))));
        }
        return questions == null ? made : questions.checked(tasks, made);
    }

    private List<Requests.Reply> send(Requests to, List<EndpointRequest> asked) throws IOException {
        List<Requests.Reply> replies = to.all(asked);
        answers += replies.stream().filter(reply -> reply.text() != null).count();
        if (replies.size() < asked.size()) {
            ended = true;
            if (spec.budget().end() == GenerateSpec.Budget.End.FAIL) {
                throw new StageProblem(
                        FailureType.POLICY_DENIED,
                        String.format(
                                Locale.ROOT,
                                "generate %s: the budget ends after %d answers: %s; raise `budget`, or write `end: stop` to use the rows made so far",
                                kind(spec),
                                answers,
                                budget()));
            }
        }
        return replies;
    }

    private String budget() {
        BudgetLedger.Amount used = requests.spent();
        return spec.budget().cost() == null
                ? String.format(
                        Locale.ROOT,
                        "%,d of %,d tokens are used",
                        used.tokens(),
                        spec.budget().tokens())
                : String.format(Locale.ROOT, "%,d tokens for %.2f are used", used.tokens(), used.cost());
    }

    /** The second request of each back-translation. Where the first has no answer, its reply stays. */
    private List<Requests.Reply> back(List<Task> tasks, List<Requests.Reply> first) throws IOException {
        List<EndpointRequest> asked = new ArrayList<>();
        for (int at = 0; at < first.size(); at++) {
            Optional<String> text = Optional.ofNullable(first.get(at).text()).flatMap(Answers::text);
            if (text.isPresent()) {
                String original = DetectedLanguage.of(tasks.get(at).parent().promptText())
                        .map(DetectedLanguage::code)
                        .orElse("eng");
                asked.add(request(
                        List.of(new ChatMessage(
                                "user",
                                RequestTexts.back()
                                        .with(Map.of(
                                                "question", text.get(),
                                                "language", String.valueOf(spec.language()),
                                                "text", original)))),
                        tasks.get(at).copy()));
            }
        }
        List<Requests.Reply> second = send(requests, asked);
        List<Requests.Reply> all = new ArrayList<>();
        int next = 0;
        for (Requests.Reply reply : first) {
            boolean sent =
                    Optional.ofNullable(reply.text()).flatMap(Answers::text).isPresent();
            if (sent && next == second.size()) {
                break; // the budget ended
            }
            all.add(sent ? second.get(next++) : reply);
        }
        return all;
    }

    private List<EndpointRequest> requests(Task task) {
        int count = spec.agree() == null ? 1 : spec.agree().of();
        List<EndpointRequest> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(request(messages(task), task.copy() * count + i));
        }
        return all;
    }

    private EndpointRequest request(List<ChatMessage> messages, int number) {
        boolean pair = switch (spec.kind()) {
            case QUESTIONS, RARE, EDGE_CASES -> teacher.takesFormats();
            case PARAPHRASES, BACK_TRANSLATIONS, DISTILL -> false;
        };
        return new EndpointRequest(
                messages,
                null,
                spec.maxNewTokens(),
                spec.temperature(),
                1,
                spec.seed() + number,
                List.of(),
                pair ? Answers.pairFormat() : null);
    }

    private List<ChatMessage> messages(Task task) {
        Row row = task.parent();
        if (spec.kind() == GenerateSpec.Kind.DISTILL && row instanceof ChatRow chat) {
            List<ChatMessage> question = new ArrayList<>(chat.question().messages());
            int last = question.size() - 1;
            question.set(
                    last,
                    new ChatMessage(
                            question.get(last).role(),
                            text(task, question.get(last).text())));
            return question;
        }
        return List.of(new ChatMessage("user", text(task, row.promptText())));
    }

    private String text(Task task, String question) {
        RowTexts texts = RowTexts.of(task.parent());
        return prompts.with(Map.of(
                "question",
                question,
                "answer",
                texts.answer(),
                "text",
                texts.answer(),
                "language",
                String.valueOf(spec.language()),
                "number",
                String.valueOf(task.copy() + 1),
                "examples",
                task.examples().stream().map(Generation::shown).collect(Collectors.joining("\n\n"))));
    }

    private static String shown(Row row) {
        return "Question: %s\nAnswer: %s"
                .formatted(row.promptText(), row.reference().orElse(""));
    }

    private Made row(Task task, List<Requests.Reply> replies) {
        List<String> texts = new ArrayList<>();
        for (Requests.Reply reply : replies) {
            if (reply.text() == null) {
                return Made.none(reply.missing());
            }
            Optional<String> text = Answers.text(reply.text());
            if (text.isEmpty()) {
                return Made.none("wrongForm");
            }
            texts.add(text.get());
        }
        try {
            return switch (spec.kind()) {
                case PARAPHRASES, BACK_TRANSLATIONS -> made(withQuestion(task.parent(), texts.get(0)));
                case QUESTIONS, RARE, EDGE_CASES ->
                    Answers.pair(texts.get(0))
                            .map(pair -> made(withPair(task.parent(), pair)))
                            .orElseGet(() -> Made.none("wrongForm"));
                case DISTILL ->
                    (spec.agree() == null
                                    ? Optional.of(texts.get(0))
                                    : Answers.agreed(texts, spec.agree().atLeast()))
                            .map(answer -> made(withAnswer(task.parent(), answer)))
                            .orElseGet(() -> Made.none("disagreed"));
            };
        } catch (RowProblem notARow) {
            return Made.none("wrongForm");
        }
    }

    private static Made made(Row row) {
        return new Made(row, "");
    }

    private static Row withQuestion(Row row, String question) {
        List<String> questions = RowTextFields.of(row).questions();
        String last = questions.get(questions.size() - 1);
        return row.edited((field, text) -> field.equals(last) ? question : text);
    }

    private static Row withPair(Row row, Answers.Pair pair) {
        if (row instanceof CompletionRow) {
            return new CompletionRow(pair.question(), pair.answer(), row.place());
        }
        List<Message> messages = new ArrayList<>();
        if (row instanceof ChatRow chat && chat.messages().get(0).role() == ChatRole.SYSTEM) {
            messages.add(chat.messages().get(0));
        }
        messages.add(new Message(ChatRole.USER, pair.question()));
        messages.add(new Message(ChatRole.ASSISTANT, pair.answer()));
        return new ChatRow(messages, row.place());
    }

    private static Row withAnswer(Row row, String answer) {
        if (row instanceof ChatRow chat) {
            List<Message> messages = new ArrayList<>(chat.prompt());
            messages.add(new Message(ChatRole.ASSISTANT, answer));
            return chat.with(messages);
        }
        return new CompletionRow(((CompletionRow) row).prompt(), answer, row.place());
    }

    private Made filtered(Made made) {
        Row row = made.row();
        Expression keep = filter;
        if (row == null || keep == null) {
            return made;
        }
        RowTexts texts = RowTexts.of(row);
        try {
            return keep.truth(name -> name.equals("prompt") ? row.promptText() : texts.answer())
                    ? made
                    : Made.none("filtered");
        } catch (ExpressionProblem e) {
            if (e.beyondBudget()) {
                throw new DatasetProblem(
                        DatasetProblem.Blame.PIPELINE,
                        PublicText.of(
                                "generate: %s; make the expression simpler",
                                PublicText.said(String.valueOf(e.getMessage()))));
            }
            return Made.none("filtered");
        }
    }

    /** Removes a row whose answer is not JSON that the schema accepts. */
    private Made valid(Made made) {
        Row row = made.row();
        JsonSchema check = schema;
        if (row == null || check == null) {
            return made;
        }
        return JsonValues.strict(RowTexts.of(row).answer())
                        .filter(check::accepts)
                        .isPresent()
                ? made
                : Made.none("notBySchema");
    }

    @Override
    public void close() {
        try (teacher;
                questions) {
            requests.close();
        }
    }
}
