package dev.septet.dsl.include;

import dev.septet.dsl.parse.Block;
import dev.septet.dsl.parse.BraceSyntax;
import dev.septet.dsl.parse.PipelineParser;
import dev.septet.dsl.parse.SourceStatement;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the {@code include} lines of a pipeline and reads the files that they name. */
public final class Includes {
    private static final String WORD = "include";
    private static final int MAX_DEPTH = 8;
    private static final int MAX_FILES = 32;

    private final Problems problems;
    private final SourceFolder folder;
    private final BraceSyntax braces;
    private final Map<String, Block> files = new LinkedHashMap<>();
    private final Deque<Path> open = new ArrayDeque<>();
    private int read;

    /**
     * @param folder the pipeline's folder; null when it has none
     * @param braces words that take braces
     */
    public Includes(Problems problems, @Nullable Path folder, BraceSyntax braces) {
        this.problems = problems;
        this.folder = new SourceFolder(folder);
        this.braces = braces;
    }

    /** Merges everything that the file's pipeline includes. Reports files that cannot be included. */
    public Included resolve(Block file) {
        List<SourceStatement> sentences = new ArrayList<>();
        for (SourceStatement sentence : file.sentences()) {
            if (sentence instanceof SourceStatement.WordCall wordCall
                    && wordCall.call().word().equals("pipeline")
                    && wordCall.call().block().isPresent()) {
                Block block = wordCall.call().block().get();
                List<SourceStatement> lines = merged(block.sentences());
                sentences.add(IncludeMerge.replaceBlock(sentence, new Block(lines, block.at())));
            } else {
                sentences.add(sentence);
            }
        }
        return new Included(new Block(sentences, file.at()), files);
    }

    /** Removes the includes and merges their statements. Of two includes the later one wins. */
    private List<SourceStatement> merged(List<SourceStatement> sentences) {
        List<SourceStatement> own = new ArrayList<>();
        List<SourceTerm.Call> includes = new ArrayList<>();
        for (SourceStatement sentence : sentences) {
            if (sentence instanceof SourceStatement.WordCall wordCall
                    && wordCall.call().word().equals(WORD)) {
                includes.add(0, wordCall.call());
            } else {
                own.add(sentence);
            }
        }
        List<SourceStatement> result = own;
        for (SourceTerm.Call include : includes) {
            Optional<Block> block = include(include);
            if (block.isPresent()) {
                result = IncludeMerge.below(
                        result, block.get().sentences(), block.get().at().file());
            }
        }
        return result;
    }

    private Optional<Block> include(SourceTerm.Call call) {
        boolean one = call.values().size() == 1
                && call.options().isEmpty()
                && call.block().isEmpty();
        if (!one || !(call.values().get(0) instanceof SourceTerm.Text path)) {
            return refuse(
                    ProblemId.SYNTAX,
                    call,
                    "`include` takes the path of one file, written out",
                    "Write it like `include 'snippets/gpu.groovy'`.");
        }
        Path found;
        byte[] bytes;
        try {
            found = folder.find(path.value());
            bytes = SourceFolder.bytes(found);
        } catch (SourceFolder.Refused e) {
            return refuse(
                    ProblemId.PATH,
                    call,
                    String.valueOf(e.getMessage()),
                    "Paths are relative to the folder of the pipeline file.");
        }
        if (open.contains(found)) {
            return refuse(
                    ProblemId.CONFLICT,
                    call,
                    "'%s' is being included already: it includes itself, or a file that does"
                            .formatted(Quote.plain(path.value())),
                    "Take one of the includes out.");
        }
        if (open.size() == MAX_DEPTH || ++read > MAX_FILES) {
            return refuse(
                    ProblemId.LIMIT,
                    call,
                    open.size() == MAX_DEPTH
                            ? "includes nest deeper here than " + MAX_DEPTH + ", which is the limit"
                            : "the pipeline includes more than " + MAX_FILES + " files",
                    "Include fewer files.");
        }
        return read(path.value(), found, bytes);
    }

    private Optional<Block> read(String path, Path found, byte[] bytes) {
        String name = name(path);
        PipelineParser.Parsed parsed = PipelineParser.parse(name, bytes, braces);
        problems.addAll(parsed.problems());
        if (parsed.file().isEmpty()) {
            return Optional.empty();
        }
        Block block = parsed.file().get();
        for (SourceStatement sentence : block.sentences()) {
            if (sentence instanceof SourceStatement.WordCall wordCall
                    && wordCall.call().word().equals("pipeline")) {
                problems.add(
                        ProblemId.CONFLICT,
                        wordCall.call().wordAt(),
                        "an included file holds stages, not a pipeline",
                        "Leave `pipeline(...)` and its braces out.");
                return Optional.empty();
            }
        }
        open.push(found);
        List<SourceStatement> lines = merged(block.sentences());
        open.pop();
        files.put(name, block);
        return Optional.of(new Block(lines, block.at()));
    }

    /** The path relative to the including file's name, so that editors find it. */
    private String name(String path) {
        String main = problems.source().file();
        return main.substring(0, main.lastIndexOf('/') + 1) + path;
    }

    private Optional<Block> refuse(ProblemId id, SourceTerm.Call call, String message, String hint) {
        problems.add(id, call.wordAt(), message, hint);
        return Optional.empty();
    }
}
