package dev.septet.activities.deploy.chain;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The link to the endpoint: the served model is the exported one. The prompts have the same number
 * of tokens. The answers are those of the exported model, not of the base model, and they stop at
 * the same place.
 *
 * @param model folder of the merged model
 * @param base folder of its base model, null when it is unknown
 * @param rounded whether the endpoint serves an 8-bit or 16-bit form
 */
public record EndpointLink(Path model, @Nullable Path base, ChainProbes probes, boolean rounded) {
    private static final int TOKENS = 24;

    @SuppressWarnings("ArrayRecordComponent") // internal numbers, never compared
    private record Probe(String name, int[] prompt, ChainEndpoint.Reply reply) {}

    /**
     * Asks the endpoint and checks its answers.
     *
     * @throws IOException with a message for users when the endpoint does not answer
     */
    public ChainReport verify(ChainEndpoint endpoint) throws IOException {
        return verify(endpoint, endpoint.base().toString());
    }

    /**
     * Like {@link #verify(ChainEndpoint)}, but with a name for the endpoint other than its address.
     */
    public ChainReport verify(ChainEndpoint endpoint, String name) throws IOException {
        ChainChecks checks = new ChainChecks();
        checks.at(ChainLink.ENDPOINT, name);
        try (ReferenceAnswers tuned = ReferenceAnswers.open(model, TOKENS)) {
            List<Probe> results = probe(endpoint, tuned);
            List<int[]> prompts = results.stream().map(Probe::prompt).toList();
            List<Generated> own = tuned.answers(prompts);
            List<Double> regrets = new ArrayList<>();
            for (int i = 0; i < results.size(); i++) {
                regrets.add(
                        tuned.regret(prompts.get(i), own.get(i), results.get(i).reply()));
            }
            tokens(checks, results);
            effect(checks, results, own, regrets);
            answers(checks, results, regrets);
        } catch (ChainChecks.Broken broken) {
            // The report names the unreadable form.
        } catch (FormatProblem unreadable) {
            checks.unreadable(String.valueOf(unreadable.getMessage()));
        }
        return checks.report();
    }

    private List<Probe> probe(ChainEndpoint endpoint, ReferenceAnswers tuned) throws IOException {
        List<Probe> results = new ArrayList<>();
        if (tuned.form().chats()) {
            int number = 0;
            for (List<ChatMessage> conversation : probes.conversations()) {
                number++;
                int[] prompt = tuned.form().prompt(conversation).orElse(new int[0]);
                if (tuned.fits(prompt)) {
                    results.add(new Probe("conversation " + number, prompt, endpoint.chat(conversation, TOKENS)));
                }
            }
        } else {
            int number = 0;
            for (String text : probes.texts()) {
                number++;
                int[] prompt = tuned.form().text(text);
                if (tuned.fits(prompt)) {
                    results.add(new Probe("text " + number, prompt, endpoint.text(text, TOKENS)));
                }
            }
        }
        if (results.isEmpty()) {
            throw new IOException("every prompt is too long: prompt and answer must fit into the model's context");
        }
        return results;
    }

    /** Compares prompt token counts; servers that report none are not checked. */
    private static void tokens(ChainChecks checks, List<Probe> results) {
        List<String> unlike = new ArrayList<>();
        boolean counted = false;
        for (Probe probe : results) {
            int found = probe.reply().promptTokens().orElse(-1);
            counted |= found >= 0;
            if (found >= 0 && found != probe.prompt().length) {
                unlike.add(String.format(
                        Locale.ROOT, "%s becomes %d tokens instead of %d", probe.name(), found, probe.prompt().length));
            }
        }
        if (counted) {
            checks.none(
                    "prompts that become another number of tokens",
                    unlike,
                    "one more is a beginning-of-text token written twice, other numbers another"
                            + " chat template: give the server the exported template, and let it"
                            + " add no token of its own");
        }
    }

    private void effect(ChainChecks checks, List<Probe> results, List<Generated> own, List<Double> regrets) {
        if (base == null) {
            return;
        }
        int informative = 0;
        List<String> asBase = new ArrayList<>();
        try (ReferenceAnswers untuned = ReferenceAnswers.open(base, TOKENS)) {
            List<Generated> before =
                    untuned.answers(results.stream().map(Probe::prompt).toList());
            for (int i = 0; i < results.size(); i++) {
                String old = before.get(i).text().strip();
                if (!old.equals(own.get(i).text().strip())) {
                    informative++;
                    boolean same = old.equals(results.get(i).reply().text().strip());
                    if (same && !(regrets.get(i) <= bound())) {
                        asBase.add(results.get(i).name());
                    }
                }
            }
        }
        if (informative > 0) {
            checks.none(
                    String.format(
                            Locale.ROOT,
                            "of %d answers that tuning changes, those that are the base model's",
                            informative),
                    asBase,
                    "the endpoint serves the base model: name the adapter in the request, or load"
                            + " it into the server");
        }
    }

    private void answers(ChainChecks checks, List<Probe> results, List<Double> regrets) {
        double worst = 0;
        String where = "";
        for (int i = 0; i < results.size(); i++) {
            double regret = regrets.get(i);
            if (!(regret <= worst)) {
                worst = regret;
                where = results.get(i).name();
            }
        }
        checks.atMost(
                "logit lost where an answer leaves the exported model's, share of their scale",
                worst,
                bound(),
                "%s is answered otherwise, or goes on where the model stops: the endpoint has other weights, another template, or other stop tokens; restart it with the exported files"
                        .formatted(where));
    }

    private double bound() {
        return rounded ? Bounds.CHOICE_ROUNDED : Bounds.CHOICE_EXACT;
    }
}
