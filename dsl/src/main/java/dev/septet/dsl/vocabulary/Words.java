package dev.septet.dsl.vocabulary;

import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.vocabulary.word.ValueType;
import dev.septet.dsl.vocabulary.word.Word;
import java.lang.ref.SoftReference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The words of one kind of block, read from the public methods of its class. */
public final class Words {
    /** Weak and soft, because a word of a jar holds the jar's class loader. */
    private static final ClassValue<Map<Extensions, SoftReference<Words>>> CACHE = new ClassValue<>() {
        @Override
        protected Map<Extensions, SoftReference<Words>> computeValue(Class<?> type) {
            return Collections.synchronizedMap(new WeakHashMap<>());
        }
    };

    private final SortedMap<String, Word> statements = new TreeMap<>();
    private final SortedMap<String, Word> values = new TreeMap<>();
    private @Nullable Map<String, Words> blocks;

    private final Class<?> type;

    private Words(Class<?> type, Extensions extensions) {
        this.type = type;
        for (Method method : type.getMethods()) {
            if (method.getDeclaringClass() != Object.class
                    && !Modifier.isStatic(method.getModifiers())
                    && !method.isBridge()) {
                var word = new Word(method);
                Word previous = (word.result() == void.class ? statements : values).put(word.name(), word);
                if (previous != null) {
                    throw new IllegalStateException("two methods for the word " + word.name());
                }
            }
        }
        for (ExtensionCall extension : ExtensionCall.in(type, extensions)) {
            add(extension);
        }
    }

    /**
     * Adds a jar's word.
     *
     * @throws ExtensionProblem when the block has a word of this name, or a value that takes it does
     */
    private void add(ExtensionCall extension) {
        String name = extension.word().name();
        boolean taken = statements.containsKey(name)
                || values.containsKey(name)
                || new ValueType(ValueType.Kind.NOUN, extension.result())
                        .enumValue(name)
                        .isPresent();
        if (taken) {
            throw new ExtensionProblem(
                    "%s declares the %s `%s`, but Septet has a word of this name there; rename the word in the jar, or remove the jar"
                            .formatted(
                                    extension.installed().jar().shown(),
                                    extension.word().kind().shown(),
                                    name));
        }
        values.put(name, new Word(extension));
    }

    /**
     * The words of a {@code ...Dsl} class, and those that jars add to its block.
     *
     * @throws ExtensionProblem when a jar's words cannot be used
     */
    public static Words of(Class<?> type) {
        Extensions extensions = Extensions.here();
        Map<Extensions, SoftReference<Words>> known = CACHE.get(type);
        SoftReference<Words> kept = known.get(extensions);
        Words words = kept == null ? null : kept.get();
        if (words == null) {
            words = new Words(type, extensions);
            known.put(extensions, new SoftReference<>(words));
        }
        return words;
    }

    /** The class that defines the words. */
    public Class<?> type() {
        return type;
    }

    public Optional<Word> statement(String name) {
        return Optional.ofNullable(statements.get(name));
    }

    /** Statements of the block, by name. */
    public Collection<Word> statements() {
        return statements.values();
    }

    /** The value word with this name, of any class. */
    public Optional<Word> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Value words of this class, by name. */
    public List<Word> values(Class<?> type) {
        return values.values().stream()
                .filter(word -> type.isAssignableFrom(word.result()))
                .toList();
    }

    /** Whether the word is a value of this class. */
    public boolean isValueOf(Word word, Class<?> type) {
        return type.isAssignableFrom(word.result());
    }

    /** The bare words that a type takes here: its own, then those of jars. */
    public List<String> enumNames(ValueType type) {
        return type.open()
                ? Stream.concat(
                                type.enumNames().stream(),
                                values(type.java()).stream().map(Word::name))
                        .distinct() // a word of Septet's own with arguments is in both
                        .toList()
                : type.enumNames();
    }

    /** Names of all value words. */
    public Collection<String> valueNames() {
        return values.keySet();
    }

    /** Names of the words, here and in every nested block, that take an expression over a row. */
    public Set<String> rowExpressions() {
        return Stream.concat(Stream.of(this), blocks().values().stream())
                .flatMap(words -> words.statements().stream())
                .filter(Word::takesRowExpression)
                .map(Word::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Names of the words, in any block, that accept the value word of this name. */
    public List<String> wordsAccepting(String value) {
        return Stream.concat(Stream.of(this), blocks().values().stream())
                .flatMap(words -> words.accepting(value))
                .distinct()
                .sorted()
                .toList();
    }

    private Stream<String> accepting(String name) {
        return value(name).stream()
                .flatMap(value -> Stream.concat(statements.values().stream(), values.values().stream())
                        .filter(word -> Stream.concat(word.values().stream(), word.options().stream())
                                .anyMatch(slot -> isValueOf(value, slot.type().java())))
                        .map(Word::name));
    }

    /** Every block below these words, by the word that opens it; the block of these words is not included. */
    public synchronized Map<String, Words> blocks() {
        if (blocks == null) {
            blocks = Collections.unmodifiableMap(findBlocks());
        }
        return blocks;
    }

    private Map<String, Words> findBlocks() {
        var blocks = new LinkedHashMap<String, Words>();
        for (var words : List.of(statements, values)) {
            for (Word word : words.values()) {
                word.block().ifPresent(block -> {
                    blocks.put(word.name(), block);
                    block.blocks().forEach(blocks::putIfAbsent);
                });
            }
        }
        return blocks;
    }
}
