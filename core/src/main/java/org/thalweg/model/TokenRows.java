package org.thalweg.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.Inputs;
import org.thalweg.network.Network;
import org.thalweg.network.Probes;
import org.thalweg.network.Tie;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;

/**
 * The rows of the tensors that a network reads first, one for each token, position or the like: inputs that meet every
 * token where that can be afforded, and an account of the rows that inputs did not meet. Rows of an embedding that is
 * the head too are met by every output.
 *
 * @param model takes texts, or something that has no such rows
 * @param network of the model
 */
record TokenRows(ModelDirectory model, Network network) {
    /** Tokens times weights that are multiplied for the sake of rare tokens: some ten seconds. */
    private static final long AFFORDABLE = 1L << 36;

    static TokenRows of(ModelDirectory model) {
        return new TokenRows(model, model.requireNetwork());
    }

    /**
     * Random inputs. Texts have every token at least once, when the vocabulary times the number of weights is small
     * enough; then there may be more of them than asked for.
     */
    Probes random(int count, long seed) {
        return switch (network.inputs()) {
            case Inputs.Texts(int vocabulary, int longest) when isAffordable(vocabulary) ->
                everyToken(new long[] {Math.min(Inputs.RANDOM_LENGTH, longest)}, vocabulary, count, seed);
            case Inputs.Pairs(int vocabulary) when isAffordable(vocabulary) ->
                everyToken(new long[] {2, Inputs.RANDOM_LENGTH}, vocabulary, count, seed);
            case Inputs.Texts _, Inputs.Pairs _, Inputs.Images _, Inputs.Vectors _ ->
                network.inputs().random(count, seed);
        };
    }

    private boolean isAffordable(int vocabulary) {
        long weights = network.tensors().values().stream()
                .mapToLong(tensor -> Arrays.stream(tensor.lengths()).reduce(1, (product, length) -> product * length))
                .sum();
        boolean needed = embeddings(vocabulary).stream().anyMatch(name -> !isHead(name));
        return needed && weights <= AFFORDABLE / vocabulary;
    }

    /** Tensors of the first stage with a row for each token. */
    private List<String> embeddings(int vocabulary) {
        return first().stream()
                .filter(tensor -> tensor.lengths()[0] == vocabulary && !isPositions(tensor.name()))
                .map(DeclaredTensor::name)
                .toList();
    }

    /** Tensors of the first stage with rows. */
    private List<DeclaredTensor> first() {
        return network.tensors().values().stream()
                .filter(tensor -> tensor.stages().contains(0) && tensor.lengths().length == 2)
                .filter(tensor -> SampledRows.sampledAxis(model.architecture(), tensor.name()).equals(Optional.of(0)))
                .toList();
    }

    private boolean isHead(String name) {
        return network.tie().map(Tie::embedding).filter(name::equals).isPresent();
    }

    private static Probes everyToken(long[] shape, int vocabulary, int count, long seed) {
        int tokens = (int) Arrays.stream(shape).reduce(1, (product, length) -> product * length);
        int texts = Math.max(count, Math.ceilDiv(vocabulary, tokens));
        long[] all = new long[Math.multiplyExact(texts, tokens)];
        Random random = Random.seeded(Random.childSeed(seed, "every token"));
        for (int done = 0; done < all.length; done += vocabulary) {
            int[] order = random.permutation(vocabulary);
            for (int i = 0; i < vocabulary && done + i < all.length; i++) {
                all[done + i] = order[i];
            }
        }
        int batch = Math.clamp(Inputs.BATCH_OUTPUTS / ((long) vocabulary * tokens), 1, texts);
        List<Supplier<Tensor>> batches = new ArrayList<>();
        for (int start = 0; start < texts; start += batch) {
            int from = start;
            int size = Math.min(batch, texts - start);
            long[] lengths = new long[shape.length + 1];
            lengths[0] = size;
            System.arraycopy(shape, 0, lengths, 1, shape.length);
            batches.add(() -> Tensor.of(Arrays.copyOfRange(all, from * tokens, (from + size) * tokens), lengths));
        }
        return new Probes(texts, batches);
    }

    /**
     * Rows that inputs did not meet.
     *
     * @param inputs the inputs
     * @return a phrase for each tensor with such rows
     */
    List<String> unmet(Probes inputs) {
        int vocabulary = switch (network.inputs()) {
            case Inputs.Texts(int tokens, int _) -> tokens;
            case Inputs.Pairs(int tokens) -> tokens;
            case Inputs.Images _, Inputs.Vectors _ -> 0;
        };
        List<String> unmet = new ArrayList<>();
        if (vocabulary == 0) {
            return unmet;
        }
        BitSet met = new BitSet(vocabulary);
        long longest = 0;
        for (Supplier<Tensor> batch : inputs.batches()) {
            try (Scope scope = Scope.open()) {
                Tensor tokens = batch.get();
                longest = Math.max(longest, tokens.length(tokens.rank() - 1));
                Arrays.stream(tokens.toLongs()).forEach(token -> met.set((int) token));
            }
        }
        for (DeclaredTensor tensor : first()) {
            long rows = tensor.lengths()[0];
            long reached = isHead(tensor.name()) ? rows
                    : isPositions(tensor.name()) ? Math.min(rows, longest)
                    : rows == vocabulary ? met.cardinality() : 1;
            if (reached < rows) {
                unmet.add(String.format(Locale.ROOT, "%d of %d rows of %s, which no input meets", rows - reached, rows,
                        tensor.name()));
            }
        }
        return unmet;
    }

    private boolean isPositions(String tensor) {
        return model.architecture().tensors().get(tensor).axes().getFirst().factors().getFirst().space()
                .equals(Optional.of("positions"));
    }
}
