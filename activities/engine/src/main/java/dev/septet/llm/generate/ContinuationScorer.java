package dev.septet.llm.generate;

import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.program.ScoringInput;
import dev.septet.llm.model.program.TokenScores;
import dev.septet.llm.template.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores sequences that begin alike, as {@link Scorer} does, but computes what they share once: the prefix of all sequences of
 * a call (solved examples), and the prefixes of groups of sequences (a question with several answers). Other sequences go to
 * {@link Scorer}. Not thread-safe, because the model is not.
 */
public final class ContinuationScorer implements AutoCloseable {
    /** The prefix of all sequences is not worth a copy below this many tokens. */
    private static final int SHORTEST_PREFIX = 16;

    private static final int GROUPS_AT_ONCE = 16;
    private static final int MOST_IN_GROUP = 64;
    private static final int CHUNK = 512;

    private final LanguageModel model;
    private final Scorer scorer;
    private int[] prefix = new int[0];
    private @Nullable KvCache prefixCache;

    /**
     * @param tokensAtOnce maximum number of tokens in a batch of sequences that share nothing
     */
    public ContinuationScorer(LanguageModel model, int tokensAtOnce) {
        this.model = model;
        this.scorer = new Scorer(model, tokensAtOnce);
    }

    /**
     * Sequences with a common prefix.
     *
     * @param members places of the sequences
     * @param shared number of their common tokens that are computed once
     */
    private record Group(List<Integer> members, int shared) {}

    /**
     * Scores sequences by their loss-carrying tokens, as {@link Scorer#score}.
     *
     * @return one score per sequence, in their order
     */
    public List<ExampleScore> score(List<TokenSequence> sequences) {
        ExampleScore[] scores = new ExampleScore[sequences.size()];
        Arrays.fill(scores, ExampleScore.NOTHING);
        List<Integer> order = IntStream.range(0, sequences.size())
                .boxed()
                .filter(i -> firstScored(sequences.get(i)) > 0)
                .sorted(Comparator.comparing(i -> sequences.get(i).ids(), Arrays::compare))
                .toList();
        int common = common(sequences, order);
        List<Group> groups = groups(sequences, order, common);
        List<Integer> alone = new ArrayList<>();
        List<Group> together = new ArrayList<>();
        for (Group group : groups) {
            if (common == 0 && group.members().size() == 1) {
                alone.add(group.members().get(0));
            } else {
                together.add(group);
            }
        }
        List<ExampleScore> plain =
                scorer.score(alone.stream().map(sequences::get).toList());
        for (int i = 0; i < alone.size(); i++) {
            scores[alone.get(i)] = plain.get(i);
        }
        if (!together.isEmpty()) {
            compute(sequences, together, common, scores);
        }
        return List.of(scores);
    }

    /** The first token with a loss; 0 where there is none. */
    private static int firstScored(TokenSequence sequence) {
        for (int t = 1; t < sequence.loss().length; t++) {
            if (sequence.loss()[t]) {
                return t;
            }
        }
        return 0;
    }

    /** Number of tokens that all sequences begin with, all before the last token of each context. */
    private static int common(List<TokenSequence> sequences, List<Integer> order) {
        if (order.size() < 2) {
            return 0;
        }
        // In a sorted list, the first and the last differ earliest.
        int common = same(sequences.get(order.get(0)), sequences.get(order.get(order.size() - 1)));
        for (int i : order) {
            common = Math.min(common, firstScored(sequences.get(i)) - 1);
        }
        return common < SHORTEST_PREFIX ? 0 : common;
    }

    private static int same(TokenSequence one, TokenSequence other) {
        int mismatch = Arrays.mismatch(one.ids(), other.ids());
        return mismatch < 0 ? one.ids().length : mismatch;
    }

    /** Neighbours that share at least half of what the common prefix leaves. */
    private static List<Group> groups(List<TokenSequence> sequences, List<Integer> order, int common) {
        List<Group> groups = new ArrayList<>();
        List<Integer> members = new ArrayList<>();
        int shared = 0;
        for (int i : order) {
            TokenSequence next = sequences.get(i);
            int fed = next.ids().length - 1;
            if (!members.isEmpty()) {
                int with = Math.min(Math.min(shared, fed), same(sequences.get(members.get(0)), next));
                if (members.size() < MOST_IN_GROUP && 2 * (with - common) >= fed - common && with > common) {
                    members.add(i);
                    shared = with;
                    continue;
                }
                groups.add(new Group(List.copyOf(members), shared));
                members.clear();
            }
            members.add(i);
            shared = fed;
        }
        if (!members.isEmpty()) {
            groups.add(new Group(List.copyOf(members), shared));
        }
        return groups;
    }

    private void compute(List<TokenSequence> sequences, List<Group> groups, int common, ExampleScore[] scores) {
        List<Group> byLength =
                groups.stream().sorted(Comparator.comparingInt(Group::shared)).toList();
        int[] first = sequences.get(groups.get(0).members().get(0)).ids();
        KvCache before = common == 0 ? null : prefix(Arrays.copyOf(first, common));
        for (int from = 0; from < byLength.size(); from += GROUPS_AT_ONCE) {
            List<Group> batch = byLength.subList(from, Math.min(from + GROUPS_AT_ONCE, byLength.size()));
            List<KvCache> caches = new ArrayList<>();
            try {
                while (caches.size() < batch.size()) {
                    KvCache cache = model.newSequence();
                    caches.add(cache);
                    if (before != null) {
                        cache.copyPrefix(before, common);
                    }
                }
                shared(sequences, batch, caches, common, scores);
                rests(sequences, batch, caches, scores);
            } finally {
                caches.forEach(KvCache::close);
            }
        }
    }

    /** The cache of the prefix of all sequences, which is often that of the last call. */
    private KvCache prefix(int[] tokens) {
        KvCache cache = prefixCache;
        if (cache == null) {
            cache = model.newSequence();
            prefixCache = cache;
        }
        int mismatch = Arrays.mismatch(prefix, tokens);
        int known = mismatch < 0 ? prefix.length : mismatch;
        if (known < tokens.length) {
            cache.truncate(Math.min(known, cache.length()));
            prefix = tokens;
            feed(cache, tokens, cache.length(), tokens.length);
        }
        return cache;
    }

    /** Appends tokens of which none is scored. */
    private void feed(KvCache cache, int[] tokens, int from, int to) {
        for (int start = from; start < to; start += CHUNK) {
            int[] chunk = Arrays.copyOfRange(tokens, start, Math.min(start + CHUNK, to));
            int[] last = {chunk.length - 1};
            Object unused = model.scoreNext(List.of(new ScoringInput(cache, chunk, last, new int[] {0})));
        }
    }

    /** A pass over several groups: what is fed, and whose scores it gives. */
    private final class Pass {
        private final ExampleScore[] scores;
        private final List<ScoringInput> inputs = new ArrayList<>();
        private final List<List<Integer>> owners = new ArrayList<>();

        Pass(ExampleScore[] scores) {
            this.scores = scores;
        }

        /**
         * Adds tokens {@code from} to {@code to} of sequences that are equal there.
         *
         * @param members the sequences whose tokens after these are scored
         */
        void add(List<TokenSequence> sequences, List<Integer> members, KvCache cache, int from, int to) {
            int[] tokens = Arrays.copyOfRange(sequences.get(members.get(0)).ids(), from, to);
            IntStream.Builder at = IntStream.builder();
            IntStream.Builder targets = IntStream.builder();
            List<Integer> owner = new ArrayList<>();
            for (int t = from + 1; t <= to; t++) {
                for (int member : members) {
                    TokenSequence sequence = sequences.get(member);
                    if (t < sequence.ids().length && sequence.loss()[t]) {
                        at.add(t - 1 - from);
                        targets.add(sequence.ids()[t]);
                        owner.add(member);
                    }
                }
            }
            inputs.add(new ScoringInput(
                    cache, tokens, at.build().toArray(), targets.build().toArray()));
            owners.add(owner);
        }

        void run() {
            if (owners.stream().allMatch(List::isEmpty)) {
                if (!inputs.isEmpty()) {
                    ScoringInput one = inputs.get(0); // the program needs a target
                    inputs.set(0, new ScoringInput(one.sequence(), one.tokens(), new int[] {0}, new int[] {0}));
                    Object unused = model.scoreNext(inputs);
                }
                return;
            }
            List<TokenScores> found = model.scoreNext(inputs);
            for (int i = 0; i < found.size(); i++) {
                TokenScores one = found.get(i);
                for (int t = 0; t < one.greedy().length; t++) {
                    int owner = owners.get(i).get(t);
                    ExampleScore more =
                            new ExampleScore(-(double) one.logProbabilities()[t], 1, one.greedy()[t] ? 1 : 0);
                    scores[owner] = Objects.requireNonNull(scores[owner]).plus(more);
                }
            }
        }
    }

    /** Feeds each group's shared tokens, in chunks so that no attention matrix is large. */
    private void shared(
            List<TokenSequence> sequences, List<Group> batch, List<KvCache> caches, int common, ExampleScore[] scores) {
        int longest = batch.stream().mapToInt(Group::shared).max().orElse(0);
        for (int from = common; from < longest; from += CHUNK) {
            Pass pass = new Pass(scores);
            for (int g = 0; g < batch.size(); g++) {
                int to = Math.min(from + CHUNK, batch.get(g).shared());
                if (from < to) {
                    pass.add(sequences, batch.get(g).members(), caches.get(g), from, to);
                }
            }
            pass.run();
        }
    }

    /** Feeds what only one sequence of a group has, one sequence of each group at a time. */
    private void rests(List<TokenSequence> sequences, List<Group> batch, List<KvCache> caches, ExampleScore[] scores) {
        int most =
                batch.stream().mapToInt(group -> group.members().size()).max().orElse(0);
        for (int round = 0; round < most; round++) {
            int longest = 0;
            for (Group group : batch) {
                if (round < group.members().size()) {
                    longest = Math.max(longest, fed(sequences, group, round) - group.shared());
                }
            }
            for (int done = 0; done < longest; done += CHUNK) {
                Pass pass = new Pass(scores);
                for (int g = 0; g < batch.size(); g++) {
                    Group group = batch.get(g);
                    int from = group.shared() + done;
                    if (round < group.members().size() && from < fed(sequences, group, round)) {
                        List<Integer> one = List.of(group.members().get(round));
                        int to = Math.min(from + CHUNK, fed(sequences, group, round));
                        pass.add(sequences, one, caches.get(g), from, to);
                    }
                }
                pass.run();
            }
            for (int g = 0; g < batch.size(); g++) {
                caches.get(g)
                        .truncate(Math.min(caches.get(g).length(), batch.get(g).shared()));
            }
        }
    }

    /** Number of tokens that a sequence feeds: its last one predicts nothing. */
    private static int fed(List<TokenSequence> sequences, Group group, int member) {
        return sequences.get(group.members().get(member)).ids().length - 1;
    }

    @Override
    public void close() {
        if (prefixCache != null) {
            prefixCache.close();
            prefixCache = null;
            prefix = new int[0];
        }
    }
}
