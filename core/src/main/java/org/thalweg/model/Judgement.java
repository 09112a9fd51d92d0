package org.thalweg.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.Network;
import org.thalweg.network.Tie;

/**
 * Decides from what differs whether two models can be aligned or merged, and says why not.
 *
 * @param a A
 * @param b B
 * @param config fields of their configurations that differ
 * @param seen what else was compared
 */
record Judgement(DiffedModel a, DiffedModel b, List<ConfigDifference> config, Seen seen) {
    private static final String MERGED = "the models cannot be merged: ";

    /** What was compared beside configurations. */
    record Seen(TokenizerDifference tokenizer, EmbeddingRows rows, TensorDifference tensors) {}

    MergeOutlook outlook() {
        List<String> notAlignable = notAlignable();
        Optional<String> spaces = spacesDiffer();
        spaces.ifPresent(notAlignable::add);
        List<String> notMergeable = notMergeable();
        if (notMergeable.isEmpty() && spaces.isPresent()) {
            notMergeable.add(MERGED + "the same tensors are other heads or layers to the network of each, so a mean of "
                    + "them is neither; merge models of one configuration.");
        }
        Optional<String> notFinite = notFinite();
        List<String> reasons = new ArrayList<>(notAlignable);
        reasons.addAll(notMergeable);
        notFinite.ifPresent(reasons::add);
        boolean alignable = notAlignable.isEmpty() && notFinite.isEmpty();
        boolean mergeable = notMergeable.isEmpty() && notFinite.isEmpty();
        Map<String, TensorLayout> layouts = a.tensors();
        Set<String> matrices = new HashSet<>(layouts.keySet());
        matrices.removeIf(name -> layouts.get(name).rank() < 2);
        Kinship kinship = Kinship.of(seen.tensors().measured(), matrices);
        return new MergeOutlook(alignable, mergeable, reasons, warnings(), kinship,
                mergeable ? advice(kinship, alignable, Kinship.apart(seen.tensors().measured(), matrices)) : "");
    }

    private List<String> notAlignable() {
        List<String> reasons = new ArrayList<>();
        Stream.of(a, b).map(DiffedModel::refusal).filter(refusal -> !refusal.isEmpty()).distinct()
                .forEach(refusal -> reasons.add("the models cannot be aligned: " + refusal));
        return reasons;
    }

    /** What {@code align} would refuse of two models that it knows. */
    private Optional<String> spacesDiffer() {
        if (a.model().isEmpty() || b.model().isEmpty()) {
            return Optional.empty();
        }
        try {
            // One of two models may have folded gains; what is aligned then are gains that count as free.
            SameKind.require(a.model().get().withFreeGains(), b.model().get().withFreeGains());
            return Optional.empty();
        } catch (WorkFailure refused) {
            return Optional.of(refused.getMessage());
        }
    }

    private List<String> notMergeable() {
        List<String> reasons = new ArrayList<>();
        for (DiffedModel each : List.of(a, b)) {
            quantised(each).ifPresent(reasons::add);
        }
        tie().ifPresent(reasons::add);
        lacking(a, b, seen.tensors().onlyInA()).ifPresent(reasons::add);
        lacking(b, a, seen.tensors().onlyInB()).ifPresent(reasons::add);
        shapes().ifPresent(reasons::add);
        vocabulary().ifPresent(reasons::add);
        if (reasons.isEmpty()) {
            notMeasured().ifPresent(reasons::add);
        }
        return reasons;
    }

    /** Of quantised models and of models of two kinds there is more to say already. */
    private Optional<String> notMeasured() {
        List<TensorDifference.NotMeasured> tensors = seen.tensors().notMeasured();
        return tensors.stream().findFirst().map(first -> MERGED + "the tensor " + Shown.name(first.name())
                + " cannot be measured, since " + first.why() + more(tensors.size())
                + "; convert the model to float32 first.");
    }

    private static Optional<String> quantised(DiffedModel each) {
        try {
            QuantisedTensors.refuse(each.checkpoint());
            return Optional.empty();
        } catch (WorkFailure refused) {
            return Optional.of(MERGED + each.name() + ": " + refused.getMessage());
        }
    }

    private Optional<String> tie() {
        if (a.network().isEmpty() || b.network().isEmpty() || !a.family().equals(b.family())) {
            return Optional.empty();
        }
        return SameKind.tieDifference(new SameKind.Named(a.name(), a.network().get()),
                        new SameKind.Named(b.name(), b.network().get()))
                .map(difference -> MERGED + difference + ".");
    }

    /** Tensors of one model that the other has not, but for buffers and for a head that a tie stands for. */
    private Optional<String> lacking(DiffedModel has, DiffedModel lacks, List<String> names) {
        Set<String> expected = new HashSet<>(has.buffers());
        lacks.network().flatMap(Network::tie).map(Tie::untied).ifPresent(heads -> expected.addAll(heads.keySet()));
        List<String> missing = names.stream().filter(name -> !expected.contains(name)).toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of(MERGED + lacks.name()
                + " lacks " + counted(missing.size(), "tensor") + " that " + has.name() + " has: "
                + Shown.names(missing) + "; merge models of one architecture and size.");
    }

    private Optional<String> shapes() {
        return seen.tensors().shapes().stream().findFirst().map(first -> MERGED + "the tensor "
                + Shown.name(first.name()) + " has the shape " + Arrays.toString(first.a().shape()) + " in " + a.name()
                + " but " + Arrays.toString(first.b().shape()) + " in " + b.name()
                + more(seen.tensors().shapes().size()) + "; " + wayOutOfShapes());
    }

    private String wayOutOfShapes() {
        OptionalInt one = seen.rows().a();
        OptionalInt other = seen.rows().b();
        return one.isPresent() && other.isPresent() && one.getAsInt() != other.getAsInt()
                ? "their embeddings have " + one.getAsInt() + " and " + other.getAsInt()
                        + " rows, which 'merge --vocabulary first' or 'union' brings together."
                : "merge models of one size.";
    }

    private Optional<String> vocabulary() {
        TokenizerDifference tokenizer = seen.tokenizer();
        return tokenizer.vocabulary() != VocabularyRelation.DIFFERENT ? Optional.empty() : Optional.of(
                MERGED + "their vocabularies differ in " + counted(tokenizer.otherTokens(), "id")
                        + tokenizer.example().map(example -> " (" + example + ")").orElse("")
                        + ", so a mean of their embeddings would mix tokens; bring them to one vocabulary first.");
    }

    private Optional<String> notFinite() {
        List<TensorDifference.NotFinite> tensors = seen.tensors().notFinite();
        return tensors.stream().findFirst().map(first -> "the models cannot be aligned or merged: "
                + (first.inA() ? a : b).name() + " has a NaN or infinite number in the tensor "
                + Shown.name(first.name()) + more(tensors.size())
                + "; use a checkpoint from before the model diverged.");
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        fields(ConfigDifference.Effect.CHANGES_FUNCTION).ifPresent(fields -> warnings.add("the networks compute with "
                + "their weights differently, and what is merged keeps the fields of one of them (" + fields + ")."));
        fields(ConfigDifference.Effect.UNKNOWN).ifPresent(fields -> warnings.add("it is not known here whether these "
                + "fields of config.json change the function: " + fields + "."));
        if (!seen.tensors().types().isEmpty()) {
            TensorDifference.Layouts first = seen.tensors().types().getFirst();
            warnings.add(counted(seen.tensors().types().size(), "tensor") + " have another type, such as "
                    + first.a().type() + " in A and " + first.b().type() + " in B of " + Shown.name(first.name())
                    + ", so a merge is rounded to one of the two.");
        }
        vocabularyWarning().ifPresent(warnings::add);
        tooFewRows("A", seen.tokenizer().tokensA(), seen.rows().a()).ifPresent(warnings::add);
        tooFewRows("B", seen.tokenizer().tokensB(), seen.rows().b()).ifPresent(warnings::add);
        return warnings;
    }

    private Optional<String> vocabularyWarning() {
        TokenizerDifference found = seen.tokenizer();
        int more = Math.abs(found.tokensA().orElse(0) - found.tokensB().orElse(0));
        return switch (found.vocabulary()) {
            case B_EXTENDS_A -> Optional.of("B's tokenizer has A's tokens and " + more + " more at the end, so what is "
                    + "merged needs B's tokenizer.");
            case A_EXTENDS_B -> Optional.of("A's tokenizer has B's tokens and " + more + " more at the end, so what is "
                    + "merged needs A's tokenizer.");
            case ONE_LACKS -> Optional.of("only one of the models has a tokenizer beside it, so it is not known "
                    + "whether their tokens are the same.");
            case UNKNOWN -> Optional.of("it is not known whether their tokens are the same: "
                    + found.example().orElse("their tokenizers differ in files that are not read here") + ".");
            case SAME_VOCABULARY -> Optional.of("the tokenizers have the same tokens but cut texts differently: "
                    + String.join(", ", found.parts()) + ".");
            case EQUAL, NONE, DIFFERENT -> Optional.empty();
        };
    }

    private static Optional<String> tooFewRows(String model, OptionalInt tokens, OptionalInt rows) {
        return tokens.isPresent() && rows.isPresent() && tokens.getAsInt() > rows.getAsInt()
                ? Optional.of("the tokenizer of " + model + " has ids up to " + (tokens.getAsInt() - 1)
                        + ", but its embedding only " + rows.getAsInt() + " rows.")
                : Optional.empty();
    }

    private Optional<String> fields(ConfigDifference.Effect effect) {
        String fields = config.stream().filter(difference -> difference.effect() == effect)
                .map(ConfigDifference::toString).collect(Collectors.joining("; "));
        return fields.isEmpty() ? Optional.empty() : Optional.of(fields);
    }

    private String advice(Kinship kinship, boolean alignable, List<String> apart) {
        WeightDistance all = seen.tensors().all();
        String cosine = String.format(Locale.ROOT, "cosine %.4f, distance %.2g of A",
                all.cosine().orElse(Double.NaN), all.relative().orElse(Double.NaN));
        String align = alignable ? "align first: 'thalweg align " + a.name() + " " + b.name() + " --out DIR'."
                : "a mean of weights in different bases is no model, and they cannot be aligned here.";
        return switch (kinship) {
            case EQUAL -> "the models are equal, number for number; a merge changes nothing.";
            case SHARED_BASE -> "the models share a base (" + cosine + "): they differ by fine-tuning, and alignment "
                    + "will move nothing; merge them as they are.";
            case MIXED -> "some layers are close and others are not (" + Shown.names(apart) + "); " + align;
            case INDEPENDENT -> "the models share no basis (" + cosine + "): they were trained on their own or moved "
                    + "along a symmetry; " + align;
            case UNKNOWN -> "it is not known whether the models share a basis; " + align;
        };
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String more(int all) {
        return all == 1 ? "" : ", and " + (all - 1) + " more";
    }
}
