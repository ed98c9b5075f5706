package dev.septet.activities.deploy.chain;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.deploy.chain.ReferenceAnswers.Accepted;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trained model's own greedy answers, with which the answers of a running server are compared. The worker with the
 * engine records them. So the worker that publishes needs no engine, and no memory for the model.
 */
public record RecordedAnswers(List<Recorded> answers) {
    private static final String FILE = "answers.json";
    private static final int TOKENS = 24;

    /** A server that is nearer to the trained model than to the base model, by this share of what tuning changed. */
    private static final double HALF = 0.5;

    /** A turn of a conversation. */
    public record Turn(String role, String content) {}

    /**
     * A prompt, and what a server may answer.
     *
     * @param turns the conversation; empty for a text
     * @param text the text to complete; null for a conversation
     * @param promptTokens tokens of the prompt
     * @param answer the trained model's answer
     * @param base the base model's answer
     * @param stops whether the trained model ends its answer, which is shorter than the limit
     * @param ids tokens of the prompt and of the trained model's answer
     * @param logs the trained model's log-probabilities of the answer's tokens, in nats
     * @param baseLogs those of the base model
     * @param accepted other beginnings of an answer, and other ends, which rounding may cause
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recorded(
            List<Turn> turns,
            @Nullable String text,
            int promptTokens,
            String answer,
            String base,
            boolean stops,
            List<Integer> ids,
            List<Double> logs,
            List<Double> baseLogs,
            List<Accepted> accepted) {
        private boolean allows(ChainEndpoint.Reply reply) {
            String given = reply.text();
            if (given.strip().equals(answer.strip())) {
                return reply.stopped() || !stops;
            }
            return accepted.stream()
                    .anyMatch(other -> other.ends()
                            ? reply.stopped()
                                    && given.strip().equals(other.text().strip())
                            : given.startsWith(other.text()));
        }
    }

    /** Asks a server. */
    public interface Server {
        /**
         * The greedy answer.
         *
         * @param turns the conversation; empty for a text
         */
        ChainEndpoint.Reply answer(List<Turn> turns, @Nullable String text, int maxTokens) throws IOException;

        /**
         * The log-probabilities of given tokens, each after those before it.
         *
         * @return one number for each token, in nats; empty where the server does not return them
         */
        default Optional<double[]> logProbabilities(int[] ids) throws IOException {
            return Optional.empty();
        }
    }

    public RecordedAnswers {
        answers = List.copyOf(answers);
    }

    /**
     * Computes the answers.
     *
     * @param model folder of the merged model
     * @param base folder of its base model
     */
    public static RecordedAnswers of(Path model, Path base, ChainProbes probes) {
        try (ReferenceAnswers tuned = ReferenceAnswers.open(model, TOKENS);
                ReferenceAnswers untuned = ReferenceAnswers.open(base, TOKENS)) {
            List<Recorded> questions = new ArrayList<>();
            List<int[]> prompts = new ArrayList<>();
            if (tuned.form().chats()) {
                for (List<ChatMessage> conversation : probes.conversations()) {
                    List<Turn> turns = conversation.stream()
                            .map(message -> new Turn(message.role(), message.text()))
                            .toList();
                    add(
                            questions,
                            prompts,
                            tuned,
                            turns,
                            null,
                            tuned.form().prompt(conversation).orElse(new int[0]));
                }
            } else {
                for (String text : probes.texts()) {
                    add(questions, prompts, tuned, List.of(), text, tuned.form().text(text));
                }
            }
            List<Generated> own = tuned.answers(prompts);
            List<Generated> before = untuned.answers(prompts);
            List<Recorded> answers = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                Recorded question = questions.get(i);
                int[] prompt = prompts.get(i);
                int[] whole = Arrays.copyOf(prompt, prompt.length + own.get(i).ids().length);
                System.arraycopy(own.get(i).ids(), 0, whole, prompt.length, whole.length - prompt.length);
                boolean stops =
                        own.get(i).reason() == FinishReason.STOP && own.get(i).ids().length < TOKENS;
                answers.add(new Recorded(
                        question.turns(),
                        question.text(),
                        question.promptTokens(),
                        own.get(i).text(),
                        before.get(i).text(),
                        stops,
                        Arrays.stream(whole).boxed().toList(),
                        tuned.logProbabilities(whole, prompts.get(i).length),
                        untuned.logProbabilities(whole, prompts.get(i).length),
                        tuned.accepted(prompts.get(i), own.get(i), Bounds.CHOICE_ROUNDED)));
            }
            return new RecordedAnswers(answers);
        }
    }

    private static void add(
            List<Recorded> questions,
            List<int[]> prompts,
            ReferenceAnswers tuned,
            List<Turn> turns,
            @Nullable String text,
            int[] prompt) {
        if (tuned.fits(prompt)) {
            questions.add(new Recorded(
                    turns, text, prompt.length, "", "", false, List.of(), List.of(), List.of(), List.of()));
            prompts.add(prompt);
        }
    }

    /** Writes the answers to a folder. */
    public void write(Path folder) throws IOException {
        SpecJson.mapper().writeValue(folder.resolve(FILE).toFile(), this);
    }

    /** Reads the answers of a folder. */
    public static RecordedAnswers read(Path folder) throws IOException {
        return SpecJson.mapper().readValue(Files.readAllBytes(folder.resolve(FILE)), RecordedAnswers.class);
    }

    /**
     * Asks a server, and checks that it answers as the trained model.
     *
     * @param name of the server, for people
     * @throws IOException with a message for users when the server does not answer
     */
    public ChainReport verify(Server server, String name) throws IOException {
        List<String> otherTokens = new ArrayList<>();
        List<String> asBase = new ArrayList<>();
        List<String> others = new ArrayList<>();
        double toTuned = 0;
        double toBase = 0;
        int measured = 0;
        int changed = 0;
        int number = 0;
        for (Recorded recorded : answers) {
            String probe = "prompt " + ++number;
            ChainEndpoint.Reply reply = server.answer(recorded.turns(), recorded.text(), TOKENS);
            int counted = reply.promptTokens().orElse(recorded.promptTokens());
            if (counted != recorded.promptTokens()) {
                otherTokens.add(String.format(
                        Locale.ROOT, "%s becomes %d tokens instead of %d", probe, counted, recorded.promptTokens()));
            }
            boolean tuned = !recorded.base().strip().equals(recorded.answer().strip());
            changed += tuned ? 1 : 0;
            Optional<double[]> logs = server.logProbabilities(
                    recorded.ids().stream().mapToInt(id -> id).toArray());
            for (int at = 0; logs.isPresent() && at < recorded.logs().size(); at++) {
                double log = logs.get()[recorded.promptTokens() + at];
                toTuned += Math.abs(log - recorded.logs().get(at));
                toBase += Math.abs(recorded.baseLogs().get(at) - recorded.logs().get(at));
                measured++;
            }
            if (!recorded.allows(reply)) {
                others.add(probe);
                if (tuned && reply.text().strip().equals(recorded.base().strip())) {
                    asBase.add(probe);
                }
            }
        }
        ChainChecks checks = new ChainChecks();
        checks.at(ChainLink.ENDPOINT, name);
        try {
            checks.atLeast(
                    "prompts that fit into the model's context", answers.size(), 1, "there is nothing to compare");
            checks.none(
                    "prompts that become another number of tokens",
                    otherTokens,
                    "start the server with the chat template of the published folder");
            checks.none(
                    String.format(
                            Locale.ROOT, "of %d answers that tuning changes, those that are the base model's", changed),
                    asBase,
                    "the server does not apply the adapter");
            checks.none(
                    "answers that are not those of the trained model",
                    others,
                    "the server has another base model, another chat template or other settings of sampling; start it"
                            + " with the base model of `initialize`");
            if (measured > 0) {
                checks.atMost(
                        "mean difference of the log-probabilities from the trained model's, nats per token",
                        toTuned / measured,
                        Math.min(Bounds.LOSS_BFLOAT16, HALF * toBase / measured),
                        "the server has loaded another adapter, or has another base model; start it with the base model"
                                + " of `initialize`");
            }
        } catch (ChainChecks.Broken broken) {
            // The report names the failed check.
        }
        return checks.report();
    }
}
