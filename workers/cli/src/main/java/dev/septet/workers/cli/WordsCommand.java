package dev.septet.workers.cli;

import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.vocabulary.WordReference;
import dev.septet.dsl.vocabulary.WordReference.Entry;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code septet words}. */
@Command(
        name = "words",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "List the words of pipeline files, with those of jars; or explain one word.")
final class WordsCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(arity = "0..1", paramLabel = "WORD", description = "A word, to see what it is for")
    private @Nullable String word;

    @Option(names = "--gdsl", description = "Print the description of the words that IntelliJ reads (pipeline.gdsl)")
    private boolean gdsl;

    WordsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (gdsl) {
            session.terminal().print(WordReference.gdsl().stripTrailing());
            return ExitCode.OK;
        }
        Map<String, List<Entry>> entries = WordReference.entries();
        if (word == null) {
            entries.forEach(this::list);
        } else {
            explain(entries, word);
        }
        return ExitCode.OK;
    }

    private void list(String block, List<Entry> entries) {
        session.terminal()
                .print("%s: %s"
                        .formatted(block, entries.stream().map(Entry::name).collect(Collectors.joining(", "))));
        entries.stream().filter(entry -> entry.installed().isPresent()).forEach(this::explain);
    }

    private void explain(Map<String, List<Entry>> entries, String name) {
        List<Entry> all = entries.values().stream().flatMap(List::stream).toList();
        List<Entry> found =
                all.stream().filter(entry -> entry.name().equals(name)).toList();
        if (found.isEmpty()) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no word '%s'. %s"
                            .formatted(
                                    name,
                                    Nearest.hint(
                                            name,
                                            all.stream()
                                                    .map(Entry::name)
                                                    .distinct()
                                                    .toList()))
                            .strip());
        }
        found.forEach(this::explain);
    }

    private void explain(Entry entry) {
        String jar = entry.installed()
                .map(found ->
                        " [%s %s]".formatted(found.jar().name(), found.jar().version()))
                .orElse("");
        session.terminal().print("  %s in %s%s: %s".formatted(entry.name(), entry.block(), jar, entry.documentation()));
        entry.options().forEach(option -> session.terminal().print("    " + option));
    }
}
