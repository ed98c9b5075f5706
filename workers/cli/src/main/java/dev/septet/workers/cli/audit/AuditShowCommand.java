package dev.septet.workers.cli.audit;

import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.chain.AuditException;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet audit show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Print lines of an audit log, the newest last.",
            "",
            "Personal data is masked, even in a log that was written unmasked."
        })
final class AuditShowCommand implements Callable<Integer> {
    private static final int AT_ONCE = 4096;

    private final Session session;

    @Mixin
    private LogOption log = new LogOption();

    @Mixin
    private AuditFilter filter = new AuditFilter();

    @Option(
            names = {"-n", "--last"},
            paramLabel = "N",
            description = "The greatest number of lines, from 1 to 100000. Default: 20")
    private int last = 20;

    @Option(names = "--full", description = "Print whole texts")
    private boolean full;

    @Option(names = "--unmasked", description = "Print texts as they were written")
    private boolean unmasked;

    @Option(names = "--json", description = "Print each line as a JSON object")
    private boolean json;

    AuditShowCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (last < 1 || last > 100_000) {
            throw new CliProblem(ExitCode.USAGE, "--last is from 1 to 100000, not " + last);
        }
        filter.check(Instant.now());
        log.requireHere(session);
        AuditSettings masks = AuditSettings.DEFAULT.withRegions(PhoneRegions.of(session));
        Deque<AuditRecord> kept = new ArrayDeque<>();
        AuditLineText text = new AuditLineText(full);
        long rejected = read(kept);
        for (AuditRecord line : kept) {
            AuditRecord shown = unmasked ? line : line.masked(masks);
            session.terminal().print(json ? SpecJson.mapper().writeValueAsString(shown.fields()) : text.of(shown));
        }
        if (rejected > 0) {
            session.terminal()
                    .note(String.format(
                            Locale.ROOT,
                            "%d lines are not lines of an audit log; `septet audit verify %s` shows where",
                            rejected,
                            log.named()));
        }
        return ExitCode.OK;
    }

    private long read(Deque<AuditRecord> kept) throws IOException {
        AuditReader reader = session.auditLogs().reader(log.folder(session));
        long rejected = 0;
        long at = 0;
        try {
            for (AuditPage page = reader.read(at, AT_ONCE); page.next() > at; page = reader.read(at, AT_ONCE)) {
                for (AuditRecord line : page.records()) {
                    if (filter.matches(line)) {
                        kept.addLast(line);
                    }
                    if (kept.size() > last) {
                        kept.removeFirst();
                    }
                }
                rejected += page.rejected();
                at = page.next();
            }
        } catch (AuditException unreadable) {
            throw new CliProblem(ExitCode.LOG_BROKEN, String.valueOf(unreadable.getMessage()));
        }
        return rejected;
    }
}
