package dev.septet.workers.cli.create;

import dev.septet.dsl.problem.Quote;
import dev.septet.workers.cli.option.CliProblem;
import java.util.Locale;

/** Objectives that Septet does not train. */
final class Objectives {
    private Objectives() {}

    /** A pipeline with another objective would train another model, so there is none. */
    static CliProblem refused(ConfigValue value, String key) {
        return ConfigValue.refused(
                value.file(),
                value.line(),
                String.format(
                        Locale.ROOT,
                        "`%s: %s` has no counterpart, and a pipeline with another objective would train another model."
                                + " Septet trains on answers, on plain text, and with DPO. Nothing was written. Another"
                                + " program can train in a pipeline: see `septet words command`",
                        key,
                        Quote.plain(value.scalar().orElse(""))));
    }
}
