package org.thalweg.network.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/**
 * Graph convolutions with prompts as experts (GMoPE, arXiv 2511.03251). An input [batch nodes·(nodes+features)] is a
 * graph: a number for every ordered pair of nodes, row after row, then the nodes' features. Two nodes have an edge when
 * the mean of their two numbers is at least ½, so that every vector of numbers is some graph; edges to oneself do not
 * count.
 *
 * <p>The first stage makes {@code [Â X, Â]} with {@code Â = D^-½ (A + I) D^-½}, [batch nodes features+nodes], without a
 * tensor of the model. The second runs the experts. With classes it mixes what they say by confidence and answers
 * [batch nodes classes]; without, it answers with all that they say, [batch experts nodes embedding].
 *
 * @param config sizes
 * @param names what the tensors are called
 */
public record GraphExperts(GraphConfig config, TensorNames names) implements Network {
    @Override
    public int stages() {
        return 2;
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            x = stage == 0 ? spread(x) : answer(new LayerTensors(names, parameters, 0), x, choice);
        }
        return x;
    }

    private Tensor spread(Tensor graphs) {
        int nodes = config.expert().nodes();
        int features = config.expert().features();
        Tensor numbers = graphs.narrow(1, 0, (long) nodes * nodes).reshape(-1, nodes, nodes); // [batch nodes nodes]
        Tensor both = numbers.add(numbers.transpose(1, 2)).multiply(0.5);
        Tensor edges = Functions.clamp(both, 0, 1).add(0.5).floorDivide(1);
        Tensor self = identity(nodes).to(graphs.dtype());
        Tensor adjacency = edges.multiply(self.multiply(-1).add(1)).add(self);
        Tensor degrees = adjacency.sum(2, true).sqrt(); // [batch nodes 1]
        Tensor normalised = adjacency.divide(degrees).divide(degrees.transpose(1, 2));
        Tensor own = graphs.narrow(1, (long) nodes * nodes, (long) nodes * features).reshape(-1, nodes, features);
        return Tensor.concatenate(List.of(normalised.matmul(own), normalised), 2);
    }

    private static Tensor identity(int size) {
        double[] entries = new double[size * size];
        IntStream.range(0, size).forEach(i -> entries[i * size + i] = 1);
        return Tensor.of(entries, size, size);
    }

    private Tensor answer(LayerTensors tensors, Tensor graphs, ExpertChoice choice) {
        Tensor nodes = graphs.reshape(-1, graphs.length(2)); // [batch*nodes features+nodes]
        long[] shape = {graphs.length(0), graphs.length(1), -1};
        if (config.classes().isPresent()) {
            Tensor mixed = config.layer().forward(tensors, nodes, choice); // [batch*nodes embedding]
            return tensors.linear(Role.CLASSIFIER, true).apply(mixed).reshape(shape);
        }
        return Tensor.stack(IntStream.range(0, config.experts())
                .mapToObj(expert -> config.layer().expert(tensors, expert, nodes).reshape(shape)).toList(), 1);
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        TensorTable table = new TensorTable(names);
        table.at(1, 0);
        config.layer().declare(table, config.expert().features());
        config.classes().ifPresent(classes ->
                table.linear(Role.CLASSIFIER, classes, config.expert().embedding(), true));
        return table.tensors();
    }

    @Override
    public Inputs inputs() {
        int nodes = config.expert().nodes();
        return new Inputs.Vectors(nodes * (nodes + config.expert().features()),
                nodes * config.classes().orElse(config.experts() * config.expert().embedding()));
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return Normalisation.NONE;
    }

    /** Names of the prompts, expert by expert; one name where they share one. */
    public List<String> promptNames() {
        return named(Role.EXPERT_PROMPT);
    }

    /** Names of the classifier's tensors. */
    public List<String> classifierNames() {
        String weight = names.of(Role.CLASSIFIER, 0);
        return List.of(weight, TensorNames.biasOf(weight));
    }

    private List<String> named(Role role) {
        return IntStream.range(0, config.experts()).mapToObj(expert -> names.of(role, 0, expert, 0)).toList();
    }

    /**
     * The prompts.
     *
     * @param parameters the model; not changed
     * @return [experts prompt]
     */
    public Tensor prompts(Parameters parameters) {
        return Tensor.stack(promptNames().stream().map(parameters::get).toList(), 0);
    }

    /**
     * The same function of graphs with what alone acts of prompts and embeddings: every expert's prompt is the first
     * unit vector and its map has {@code P p} in the first column and else nothing; the classifier's map is folded into
     * the experts' last maps and is itself the first {@code classes} coordinates. What is left of the symmetries are
     * orders of experts and of their units, and units' factors.
     *
     * @param parameters a model with a classifier; not changed
     * @return new tensors for those that differ, in the type of each
     */
    public Parameters folded(Parameters parameters) {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        String head = names.of(Role.CLASSIFIER, 0);
        Tensor classifier = parameters.get(head); // [classes embedding]
        Tensor first = identity((int) classifier.length(1)).to(classifier.dtype())
                .narrow(0, 0, classifier.length(0)).contiguous(); // [classes embedding]
        changed.put(head, first);
        for (int expert = 0; expert < config.experts(); expert++) {
            String promptName = promptNames().get(expert);
            String mapName = named(Role.EXPERT_PROMPT_MAP).get(expert);
            String lastName = named(Role.EXPERT_DOWN).get(expert);
            Tensor prompt = parameters.get(promptName);
            Tensor unit = identity((int) prompt.size()).to(prompt.dtype()).select(0, 0);
            changed.put(promptName, unit);
            changed.put(mapName, parameters.get(mapName).matmul(prompt.reshape(-1, 1)).multiply(unit));
            changed.put(lastName, first.transpose(0, 1).matmul(classifier.matmul(parameters.get(lastName))));
        }
        return parameters.with(Parameters.of(changed));
    }
}
