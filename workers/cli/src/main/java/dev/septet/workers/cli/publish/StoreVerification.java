package dev.septet.workers.cli.publish;

import dev.septet.activities.retention.StoreScrub;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import java.io.IOException;
import java.util.Locale;

/** Verifies every byte of the store, for {@code septet verify --store}. */
record StoreVerification(Session session) {
    private static final long REPORTED_BYTES = 10_000_000_000L;

    /**
     * Prints what it found.
     *
     * @throws CliProblem RUN_FAILED when something is damaged
     */
    int run(boolean json) throws IOException {
        Terminal terminal = session.terminal();
        long[] reported = {0};
        StoreScrub scrub = StoreScrub.of(session.existingStore(), bytes -> {
            if (bytes - reported[0] >= REPORTED_BYTES) {
                reported[0] = bytes;
                terminal.note(String.format(Locale.ROOT, "%,d MB verified", bytes / 1_000_000));
            }
        });
        if (json) {
            terminal.print(SpecJson.mapper().valueToTree(scrub).toPrettyString());
        } else {
            for (StoreScrub.Finding finding : scrub.findings()) {
                terminal.print("damaged  " + finding.found());
                finding.usedBy().forEach(user -> terminal.print("         used by " + user));
                terminal.print("         -> " + finding.next());
            }
            terminal.print(String.format(
                    Locale.ROOT,
                    "%,d artifacts (%,d MB), checkpoints of %,d trainings and %,d records were read; %,d are damaged%s",
                    scrub.artifacts(),
                    scrub.bytes() / 1_000_000,
                    scrub.checkpoints(),
                    scrub.records(),
                    scrub.findings().size(),
                    scrub.locked() == 0
                            ? ""
                            : String.format(Locale.ROOT, "; %,d need keys that are not configured", scrub.locked())));
        }
        if (!scrub.findings().isEmpty()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    String.format(
                            Locale.ROOT,
                            "%d objects of the store are damaged",
                            scrub.findings().size()));
        }
        return ExitCode.OK;
    }
}
