package dev.septet.dsl.bind;

import dev.septet.dsl.include.Included;
import dev.septet.dsl.include.Includes;
import dev.septet.dsl.parse.Block;
import dev.septet.dsl.parse.BraceSyntax;
import dev.septet.dsl.parse.SourceStatement;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.vocabulary.FileDsl;
import dev.septet.dsl.vocabulary.PipelineDraft;
import dev.septet.dsl.vocabulary.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Binds the syntax tree of a whole pipeline file. */
public final class FileBinder {
    private final Problems problems;
    private final Params params;
    private final Includes includes;
    private final Binding binding;
    private final BackEndCheck backEnds;

    /**
     * Creates the binder of one file.
     *
     * @param given values for the file's parameters, by name
     */
    public FileBinder(Problems problems, Map<String, ?> given, PathRules paths, BackEndCheck backEnds) {
        this.backEnds = backEnds;
        this.problems = problems;
        params = new Params(problems, given);
        includes = new Includes(problems, paths.folder(), braceWords());
        binding = new Binding(problems, new Places(), new DeclaredPaths(paths), new HashMap<>());
    }

    /** Words that take braces, which the parser must know. */
    public static BraceSyntax braceWords() {
        Words words = Words.of(FileDsl.class);
        return new BraceSyntax(words.rowExpressions(), words.blocks().keySet());
    }

    /** The pipeline that the file declares; empty when the file has any problem. */
    public Optional<PipelineSpec> bind(Block file) {
        Included included = includes.resolve(file);
        Constants constants = Constants.ofFile();
        List<SourceStatement> rest = define(included.file(), constants);
        included.others().forEach((name, other) -> {
            Constants own = Constants.ofFile();
            define(other, own);
            binding.included().put(name, own);
        });
        params.reportUnknown();
        var draft = new PipelineDraft();
        var scope = new NameScope("", "", Words.of(FileDsl.class), new FileDsl(draft));
        var binder = new BlockBinder(binding, scope);
        var body = new Block(rest, file.at());
        binder.bind(body, constants, SourceLocation.of(problems.source().file()));
        new Rules(problems, binding.places(), backEnds).check(draft);
        return problems.count() == 0 ? draft.spec() : Optional.empty();
    }

    /** The parameters that the file declares. */
    public List<ParamDeclaration> params() {
        return params.declared();
    }

    /** Defines the constants of a file, and returns its other statements. */
    private List<SourceStatement> define(Block file, Constants constants) {
        List<SourceStatement> rest = new ArrayList<>();
        for (SourceStatement sentence : file.sentences()) {
            if (sentence instanceof SourceStatement.Constant constant) {
                define(constant, constants);
            } else {
                rest.add(sentence);
            }
        }
        return rest;
    }

    /** The files that it includes, named as in problems. */
    public List<String> included() {
        return binding.included().keySet().stream().sorted().toList();
    }

    private void define(SourceStatement.Constant constant, Constants constants) {
        var evaluator = new Evaluator(problems, constants);
        BlockBinder.define(
                problems,
                constant,
                constants,
                () -> Params.isParam(constant)
                        ? params.read((SourceTerm.Call) constant.value(), evaluator)
                        : evaluator.value(constant.value()));
    }
}
