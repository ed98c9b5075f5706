package dev.septet.activities.prepare.generate;

import dev.septet.activities.answer.Requests;
import dev.septet.activities.answer.Teacher;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.dsl.pipeline.prepare.GenerateCheckSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.llm.template.ChatMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks models about generated rows: whether the model that wrote a row agrees with itself, and which score a model gives. The
 * temperature is 0. The answers are stored and counted like those that rows are made of.
 */
final class RowQuestions implements AutoCloseable {
    /** Must be increased when a text below changes, because rows depend on it. */
    static final String VERSION = "1";

    private static final String ANSWER =
            "Answer the question below only from the text below it. Answer with the answer alone, in the language of"
                    + " the question. If the text does not answer the question, answer with: unknown\n\n"
                    + "Question:\n"
                    + "{question}\n\n"
                    + "Text:\n"
                    + "{text}";

    private static final String MEANING =
            "Do the two texts below ask for the same, so that every right answer to one is a right answer to the other?"
                    + " Names and numbers must be the same. Answer with yes or no only.\n\nFirst text:\n{question}"
                    + "\n\nSecond text:\n{text}";

    private static final String SCORE =
            "Rate the answer below from 1 to 5. 5 is right, complete and clear. 3 is right but incomplete or unclear."
                    + " 1 is wrong, or does not answer the question. A question that makes no sense is 1 too. Answer with"
                    + " the number only.\n\n"
                    + "Question:\n"
                    + "{question}\n\n"
                    + "Answer:\n"
                    + "{answer}";

    private static final String SCORE_WITH_TEXT = SCORE + "\n\nText that must say the same:\n{text}";

    /** The only number of an answer, such as {@code 4}, {@code Score: 4} or {@code 4/5}. */
    private static final Pattern POINTS = Pattern.compile("[^\\p{N}]*([1-5])(?:\\s*/\\s*5)?[^\\p{N}]*");

    /** An answer that is longer is no score. */
    private static final int LONGEST_SCORE = 200;

    private final GenerateSpec spec;
    private final GenerateCheckSpec check;
    private final Requests requests;
    private final @Nullable Teacher judge;
    private final Requests judgeRequests;
    private final Sender sender;

    /** Sends requests, and knows what happens at the end of the budget. */
    @FunctionalInterface
    interface Sender {
        /** The replies in the order of the requests; fewer when the budget ends. */
        List<Requests.Reply> send(Requests to, List<EndpointRequest> asked) throws IOException;
    }

    /**
     * @param requests to the model that writes the rows
     * @param judge the model that rates, which this object closes; null = the model that writes the rows
     */
    RowQuestions(GenerateSpec spec, Requests requests, @Nullable Teacher judge, Sender sender) {
        this.spec = spec;
        this.check = Objects.requireNonNull(spec.check());
        this.requests = requests;
        this.judge = judge;
        this.judgeRequests = judge == null ? requests : requests.to(judge);
        this.sender = sender;
    }

    /**
     * Removes the rows that a model does not confirm.
     *
     * @param made the results of the first tasks
     * @return one result for each; fewer when the budget ends
     */
    List<Generation.Made> checked(List<Generation.Task> tasks, List<Generation.Made> made) throws IOException {
        List<Generation.Made> left = made;
        GenerateCheckSpec.SelfAgreement agreement = check.selfAgreement();
        if (agreement != null) {
            left = asked(tasks, left, requests, agreement(agreement));
        }
        GenerateCheckSpec.Score score = check.score();
        return score == null ? left : asked(tasks, left, judgeRequests, score(score));
    }

    /** A question about a row, and how its answer is read. */
    private interface Question {
        String text(Row parent, Row row);

        /** Empty when the row stays; otherwise why it does not, a name of the dataset card. */
        String removedBy(Row row, String answer);
    }

    private List<Generation.Made> asked(
            List<Generation.Task> tasks, List<Generation.Made> made, Requests to, Question question)
            throws IOException {
        List<EndpointRequest> all = new ArrayList<>();
        for (int at = 0; at < made.size(); at++) {
            Row row = made.get(at).row();
            if (row != null) {
                all.add(request(question.text(tasks.get(at).parent(), row)));
            }
        }
        List<Requests.Reply> replies = sender.send(to, all);
        List<Generation.Made> left = new ArrayList<>();
        int next = 0;
        for (Generation.Made one : made) {
            Row row = one.row();
            if (row == null) {
                left.add(one);
            } else if (next == replies.size()) {
                break; // the budget ended
            } else {
                left.add(judged(one, row, replies.get(next++), question));
            }
        }
        return left;
    }

    private static Generation.Made judged(Generation.Made made, Row row, Requests.Reply reply, Question question) {
        if (reply.text() == null) {
            return Generation.Made.none(reply.missing());
        }
        String removedBy = Answers.text(reply.text())
                .map(answer -> question.removedBy(row, answer))
                .orElse("wrongForm");
        return removedBy.isEmpty() ? made : Generation.Made.none(removedBy);
    }

    private EndpointRequest request(String text) {
        return new EndpointRequest(
                List.of(new ChatMessage("user", text)), null, spec.maxNewTokens(), 0, 1, spec.seed(), List.of(), null);
    }

    private static Question agreement(GenerateCheckSpec.SelfAgreement words) {
        return switch (words.of()) {
            case ANSWER ->
                new Question() {
                    @Override
                    public String text(Row parent, Row row) {
                        return with(
                                ANSWER,
                                Map.of(
                                        "question", row.promptText(),
                                        "text", RowTexts.of(parent).answer()));
                    }

                    @Override
                    public String removedBy(Row row, String answer) {
                        String first = RowTexts.of(row).answer();
                        Double least = words.f1();
                        boolean agree =
                                least == null ? Answers.same(first, answer) : Answers.f1(first, answer) >= least;
                        return agree ? "" : "disagreed";
                    }
                };
            case MEANING ->
                new Question() {
                    @Override
                    public String text(Row parent, Row row) {
                        return with(MEANING, Map.of("question", parent.promptText(), "text", row.promptText()));
                    }

                    @Override
                    public String removedBy(Row row, String answer) {
                        return Answers.yes(answer)
                                .map(yes -> yes ? "" : "disagreed")
                                .orElse("wrongForm");
                    }
                };
        };
    }

    private Question score(GenerateCheckSpec.Score words) {
        boolean withText = spec.kind() == GenerateSpec.Kind.QUESTIONS;
        return new Question() {
            @Override
            public String text(Row parent, Row row) {
                return with(
                        withText ? SCORE_WITH_TEXT : SCORE,
                        Map.of(
                                "question", row.promptText(),
                                "answer", RowTexts.of(row).answer(),
                                "text", withText ? RowTexts.of(parent).answer() : ""));
            }

            @Override
            public String removedBy(Row row, String answer) {
                return points(answer)
                        .map(points -> points >= words.min() ? "" : "lowScore")
                        .orElse("wrongForm");
            }
        };
    }

    private static Optional<Integer> points(String answer) {
        Matcher found = POINTS.matcher(answer);
        return answer.length() <= LONGEST_SCORE && found.matches()
                ? Optional.of(Integer.parseInt(found.group(1)))
                : Optional.empty();
    }

    private static String with(String text, Map<String, String> values) {
        return RequestTexts.of(text).with(values);
    }

    @Override
    public void close() {
        Teacher own = judge;
        if (own != null) {
            try (own) {
                judgeRequests.close();
            }
        }
    }
}
