package dev.septet.dsl.vocabulary.word;

import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.vocabulary.ExtensibleChoice;
import dev.septet.dsl.vocabulary.ExtensionCall;
import dev.septet.dsl.vocabulary.Words;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A word of the language. A public method and its parameters define it, or an extension in a jar. */
public final class Word {
    private final @Nullable Method method;
    private final @Nullable ExtensionCall extension;
    private final List<WordParameter> values = new ArrayList<>();
    private final List<WordParameter> options = new ArrayList<>();
    private int blockIndex = -1;
    private boolean blockOptional;
    private @Nullable Class<?> blockType;

    public Word(Method method) {
        this.method = method;
        extension = null;
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            if (parameter.getType() == Consumer.class) {
                var type = (ParameterizedType) parameter.getParameterizedType();
                blockIndex = i;
                blockOptional = WordParameter.isNullable(parameter);
                blockType = (Class<?>) type.getActualTypeArguments()[0];
            } else if (parameter.isAnnotationPresent(Option.class)) {
                options.add(WordParameter.of(parameter, i));
            } else {
                values.add(WordParameter.of(parameter, i));
            }
        }
    }

    public Word(ExtensionCall extension) {
        method = null;
        this.extension = extension;
        values.addAll(extension.values());
        options.addAll(extension.options());
    }

    public String name() {
        return extension != null ? extension.word().name() : method().getName();
    }

    /** The class that declares the word's method. */
    public Class<?> owner() {
        return method().getDeclaringClass();
    }

    /** The extension that provides the word; empty for Septet's own words. */
    public Optional<Extensions.Installed> installed() {
        return Optional.ofNullable(extension).map(ExtensionCall::installed);
    }

    private Method method() {
        return Objects.requireNonNull(method, "a word of a jar has no method");
    }

    /** The values after the word, in order. */
    public List<WordParameter> values() {
        return values;
    }

    /** The options after the word, in any order. */
    public List<WordParameter> options() {
        return options;
    }

    /** The parameter for options with names that the pipeline's author chooses; empty if the word has none. */
    public Optional<WordParameter> freeNames() {
        return options.stream().filter(s -> s.type().named()).findFirst();
    }

    /** Whether the word takes a row expression, {@code { ... }}. */
    public boolean takesRowExpression() {
        return Stream.concat(values.stream(), options.stream())
                .anyMatch(slot -> slot.rowExpression().isPresent());
    }

    /** The words of its block; empty when it takes no block. */
    public Optional<Words> block() {
        return Optional.ofNullable(blockType).map(Words::of);
    }

    /** Whether the word requires its block. */
    public boolean needsBlock() {
        return blockType != null && !blockOptional;
    }

    /** An example line with the word, as in its documentation. */
    public String example() {
        if (extension != null) {
            return extension.word().example();
        }
        var example = method().getAnnotation(Example.class);
        return example == null ? name() : example.value();
    }

    public boolean required() {
        return method != null && method.isAnnotationPresent(Required.class);
    }

    /** The word of the block that makes this required word unnecessary; empty = none. */
    public String requiredUnless() {
        Required required = method == null ? null : method.getAnnotation(Required.class);
        return required == null ? "" : required.unless();
    }

    /** Whether the word may occur more than once in a block. */
    public boolean repeatable() {
        return method != null && method.isAnnotationPresent(Repeatable.class);
    }

    /** The class of the word's value; {@code void} for a statement; of a list that jars may extend, the list's enum. */
    public Class<?> result() {
        if (extension != null) {
            return extension.result();
        }
        return method().getGenericReturnType() instanceof ParameterizedType choice
                        && choice.getRawType() == ExtensibleChoice.class
                ? (Class<?>) choice.getActualTypeArguments()[0]
                : method().getReturnType();
    }

    /**
     * Calls the word's method or extension.
     *
     * @param target the object of the enclosing block
     * @param given a value for every parameter, by its index; null for an omitted one
     * @param block fills the object of the word's own block; null when the block is absent
     * @return the word's value; null for statements
     * @throws Refusal when the word does not accept its values
     */
    public @Nullable Object invoke(Object target, @Nullable Object[] given, @Nullable Consumer<Object> block) {
        if (extension != null) {
            try {
                return extension.invoke(given);
            } catch (IllegalArgumentException guard) {
                throw refusal(guard);
            }
        }
        @Nullable Object[] arguments = given.clone();
        if (blockIndex >= 0) {
            arguments[blockIndex] = block;
        }
        for (WordParameter slot : values) {
            if (slot.several()) {
                arguments[slot.index()] = array(slot, (List<?>) given[slot.index()]);
            }
        }
        Stream.concat(values.stream(), options.stream())
                .filter(slot -> slot.type().open())
                .forEach(slot -> arguments[slot.index()] = choice(arguments[slot.index()]));
        try {
            return method().invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IllegalArgumentException guard) {
                throw refusal(guard);
            } else if (cause instanceof RuntimeException problem) {
                throw problem;
            } else if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a word failed: " + name(), cause);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("words are public methods: " + name(), e);
        }
    }

    /** The messages of the spec records' checks are also written for the pipeline's author. */
    private static Refusal refusal(IllegalArgumentException guard) {
        return new Refusal(String.valueOf(guard.getMessage()), "");
    }

    /** The number of the method's parameters: the length of the array that {@link #invoke} takes. */
    public int arity() {
        return method == null ? values.size() + options.size() : method.getParameterCount();
    }

    private static @Nullable Object choice(@Nullable Object value) {
        return value instanceof Enum<?> own ? ExtensibleChoice.of(own) : value;
    }

    private static Object array(WordParameter slot, @Nullable List<?> items) {
        int length = items == null ? 0 : items.size();
        Object array = Array.newInstance(slot.type().java(), length);
        for (int i = 0; i < length; i++) {
            Array.set(array, i, items == null ? null : items.get(i));
        }
        return array;
    }
}
