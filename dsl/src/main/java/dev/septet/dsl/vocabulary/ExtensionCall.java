package dev.septet.dsl.vocabulary;

import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.ExtensionWord.Kind;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.extension.Extensions.Installed;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ChannelSpec;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.ValueType;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a jar's word takes and what it becomes in the spec. */
public record ExtensionCall(Installed installed) {
    /** The jars' words that a block allows. */
    static List<ExtensionCall> in(Class<?> block, Extensions extensions) {
        return extensions.all().stream()
                .map(ExtensionCall::new)
                .filter(call -> call.block().equals(block))
                .toList();
    }

    private Class<?> block() {
        return switch (word().kind()) {
            case FORMAT -> PrepareDsl.class;
            case METHOD, BACK_END -> TrainDsl.class;
            case METRIC -> EvaluateDsl.class;
            case TARGET -> DeployDsl.class;
            case DETECTOR -> MonitorDsl.class;
            case CHANNEL, TRACKER -> PipelineDsl.class;
        };
    }

    public ExtensionWord word() {
        return installed.word();
    }

    /** The class of values that the word is one of. */
    public Class<?> result() {
        return switch (word().kind()) {
            case FORMAT -> DatasetFormat.class;
            case METHOD -> MethodSpec.class;
            case BACK_END -> BackEndSpec.class;
            case METRIC -> MetricName.class;
            case TARGET -> TargetSpec.class;
            case DETECTOR -> DriftSpec.Detector.class;
            case CHANNEL -> ChannelSpec.class;
            case TRACKER -> TrackerSpec.class;
        };
    }

    /** The folder of a target; other words take no value behind them. */
    public List<WordParameter> values() {
        return word().kind() == Kind.TARGET
                ? List.of(WordParameter.declared(
                        "path",
                        0,
                        new ValueType(ValueType.Kind.TEXT, String.class),
                        false,
                        "'models/tuned'",
                        Optional.of(PathTo.Place.OUTPUT)))
                : List.of();
    }

    public List<WordParameter> options() {
        List<WordParameter> slots = new ArrayList<>();
        int index = values().size();
        for (WordOption option : word().options()) {
            slots.add(WordParameter.declared(
                    option.name(), index++, type(option), !option.required(), option.example(), Optional.empty()));
        }
        return slots;
    }

    private static ValueType type(WordOption option) {
        return switch (option.type()) {
            case WHOLE_NUMBER -> new ValueType(ValueType.Kind.WHOLE_NUMBER, Long.class);
            case NUMBER -> new ValueType(ValueType.Kind.NUMBER, Double.class);
            case TEXT -> new ValueType(ValueType.Kind.TEXT, String.class);
            case TRUTH -> new ValueType(ValueType.Kind.TRUTH, Boolean.class);
            case CHOICE -> new ValueType(ValueType.Kind.NOUN, String.class, option.choices(), false);
        };
    }

    /** The word's value, of a value for every slot. */
    public Object invoke(@Nullable Object[] given) {
        var options = new TreeMap<String, Object>();
        int at = values().size();
        for (WordOption option : word().options()) {
            Object value = given[at] == null ? option.standard() : given[at];
            at++;
            if (value == null) {
                throw new IllegalStateException("an option is missing: " + option.name());
            }
            String objection = option.objection(value);
            Refusal.unless(objection.isEmpty(), "%s %s: %s", word().name(), option.name(), objection);
            options.put(option.name(), value);
        }
        var spec = new ExtensionSpec(
                word().name(), options, installed.jar().name(), installed.jar().version());
        return switch (word().kind()) {
            case METHOD -> new ExtensionSpec.ForMethod(spec);
            case BACK_END -> new ExtensionSpec.ForBackEnd(spec);
            case TARGET -> new ExtensionSpec.ForTarget(String.valueOf(given[0]), spec);
            case CHANNEL -> new ExtensionSpec.ForChannel(spec);
            case TRACKER -> new ExtensionSpec.ForTracker(spec);
            case FORMAT, METRIC, DETECTOR -> ExtensibleChoice.of(word(), spec);
        };
    }
}
