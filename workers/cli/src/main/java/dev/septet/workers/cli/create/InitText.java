package dev.septet.workers.cli.create;

import dev.septet.activities.prepare.DatasetPreview;
import java.util.Locale;

/** The commented pipeline file that {@code septet init} writes. */
record InitText(InitAnswers answers) {
    private static final int BATCH = 8;
    private static final int MANY_ROWS = 10_000;
    private static final int FEW_ROWS = 1000;
    private static final int LONGEST = 4096;
    /** The limit of rows whose lengths are not known. GPT-2 has the shortest context of the usual models: this one. */
    private static final int UNKNOWN_LONGEST = 1024;

    String text() {
        PipelineText out = new PipelineText();
        out.comment("Written by `septet init`. `septet words WORD` explains a word, `septet plan FILE` shows what a run"
                + " would do.");
        out.open("pipeline(%s)".formatted(PipelineText.quoted(answers.name())));
        prepare(out);
        out.open("initialize")
                .statement("model " + PipelineText.quoted(answers.base().written()));
        out.close();
        out.open("setup").comment("The same seed and the same data give the same model.");
        out.statement("seed 1").close();
        train(out);
        evaluate(out);
        deploy(out);
        return out.close().text();
    }

    private void prepare(PipelineText out) {
        DataLook data = answers.data();
        out.open("prepare");
        out.comment(line(
                "%,d rows of the format %s (%s). `septet data show` prints them as the model reads them.",
                data.rows(), data.formatWord(), data.layout()));
        out.statement("dataset %s, format: %s".formatted(PipelineText.quoted(data.path()), data.formatWord()));
        badRows(out, data);
        out.comment("Takes personal data out before anything is stored. More kinds: iban, ssn, name, address.");
        out.statement("redact email, phone, card");
        out.statement("deduplicate exact");
        out.comment(
                data.usable() < FEW_ROWS
                        ? "With few rows, a larger test split lets the gate see smaller differences."
                        : "The test split decides the gate; no training reads it.");
        int test = testShare(data.usable());
        int validation = Math.min(10, test);
        out.statement(line(
                "split train: %d.percent, validation: %d.percent, test: %d.percent",
                100 - test - validation, validation, test));
        length(out);
        out.close();
    }

    private static void badRows(PipelineText out, DataLook data) {
        if (data.whole() && data.bad() == 0) {
            return;
        }
        String such = data.bad() == 0 ? "" : ", such as " + data.firstBad().get(0);
        if (data.whole()) {
            out.comment(line("%s rows are bad and are left out%s", data.badText(), such));
        } else {
            out.comment(line(
                    "An estimate, because %,d of the %,d rows were read: %s rows are bad%s",
                    data.read(), data.rows(), data.bad() == 0 ? "no" : data.badText(), such));
            out.comment(
                    "Bad rows are left out. A run fails if it finds more of them than this limit, which has some room.");
        }
        out.statement("maxBadRows " + data.badRowLimit());
    }

    /** Rows of unknown length are left out where they are too long: one of them must not end the first run. */
    private void length(PipelineText out) {
        DataLook data = answers.data();
        DatasetPreview.Tokens tokens = data.tokens();
        if (tokens == null) {
            out.comment(
                    "The lengths in tokens are not known until a run has the base model. Longer rows are left out, and");
            out.comment("`septet status` shows their number. `longer: truncate` cuts them instead.");
            out.statement(line("maxTokens %d, longer: drop", UNKNOWN_LONGEST));
            return;
        }
        int context = answers.base().context();
        int most = context == 0 ? LONGEST : Math.min(LONGEST, context);
        boolean drops = tokens.longest() > most || data.longRows() > 0 || !data.whole();
        out.comment(line(
                "%s %,d tokens, the longest %s%,d%s.",
                data.whole()
                        ? "The median row has"
                        : line("Of the %,d rows that were read, the median row has", data.read()),
                tokens.median(),
                data.longRows() > 0 ? "more than " : "",
                data.longRows() > 0 ? DataLook.MOST_TOKENS : tokens.longest(),
                drops ? "; rows above the limit are left out" : ""));
        out.statement("maxTokens " + Math.min(most, withRoom(tokens.longest())) + (drops ? ", longer: drop" : ""));
    }

    /** The share of test rows, in percent: at least 20 rows where that is possible. */
    private static int testShare(long rows) {
        return rows >= FEW_ROWS ? 5 : (int) Math.min(40, Math.max(10, (2000 + rows - 1) / Math.max(1, rows)));
    }

    /** The longest row with some room, in steps of 64. */
    private static int withRoom(int longest) {
        return Math.max(64, (longest + longest / 8 + 63) / 64 * 64);
    }

    private void train(PipelineText out) {
        boolean pairs = answers.data().answers() == DataLook.Answers.PAIRS;
        int epochs = answers.data().usable() >= MANY_ROWS ? 1 : pairs ? 1 : 3;
        out.open("train");
        switch (answers.method()) {
            case "full" -> out.comment("Trains every weight.").statement("method full()");
            case "partial" -> out.comment("Trains the last two layers.").statement("method partial { layers 2 }");
            case "qlora" ->
                out.comment("Trains a low-rank adapter on a base model in 4 bits.")
                        .statement("method qlora { rank 16; alpha 32 }");
            default ->
                out.comment("Trains a low-rank adapter beside the frozen base model.")
                        .statement("method %s { rank 16; alpha 32 }".formatted(answers.method()));
        }
        if (pairs) {
            out.comment("Learns from pairs of a better and a worse answer.").statement("objective dpo { beta 0.1 }");
        }
        out.statement("epochs " + epochs);
        out.statement("batch size: " + BATCH);
        boolean adapter = !answers.method().equals("full") && !answers.method().equals("partial");
        String peak = pairs ? (adapter ? "5e-5" : "5e-6") : adapter ? "2e-4" : "2e-5";
        int steps = steps(epochs);
        out.comment(line("About %,d steps. `search` in `setup` tries several rates (`septet words search`).", steps));
        out.statement(line("learningRate cosine(peak: %s, warmup: %d.steps)", peak, Math.max(1, steps / 20)));
        out.statement(line("validate every: %d.steps", Math.max(1, steps / 5)));
        out.statement(line("checkpoint every: %d.steps, keep: 2", Math.max(10, Math.min(200, steps / 5))));
        out.close();
    }

    private int steps(int epochs) {
        int test = testShare(answers.data().usable());
        long rows = Math.max(1, answers.data().usable() * (100 - test - Math.min(10, test)) / 100);
        return (int) Math.min(1_000_000, Math.max(1, (rows + BATCH - 1) / BATCH * epochs));
    }

    private void evaluate(PipelineText out) {
        if (answers.gate().equals("none")) {
            out.comment("No gate: every trained model is published. `evaluate { compare baseline }` adds one.");
            return;
        }
        out.open("evaluate");
        out.comment("A model that does not pass is not published, and the run ends with exit code 4.");
        answers.gateLines().forEach(out::statement);
        out.comment("Every metric must be better than the base model's on the same rows.");
        out.statement("compare baseline").close();
    }

    private void deploy(PipelineText out) {
        String name = answers.name();
        String target = switch (answers.target()) {
            case "http" -> "http { port 8080 }";
            case "ollama" -> "ollama(%s, directory: 'models/ollama')".formatted(PipelineText.quoted(name));
            case "directory" -> "directory('models/tuned')";
            case "none" -> "";
            default -> "%s('models/%s')".formatted(answers.target(), answers.target());
        };
        if (target.isEmpty()) {
            out.comment("The trained model stays in the store. `deploy { target directory('models/tuned') }` publishes"
                    + " it.");
            return;
        }
        out.open("deploy");
        out.comment(
                answers.target().equals("http")
                        ? "`septet dev` and `septet serve` answer there, with OpenAI's API."
                        : "The link `current` in the folder is always the newest version.");
        out.statement("target " + target).close();
    }

    private static String line(String format, Object... parts) {
        return String.format(Locale.ROOT, format, parts);
    }
}
