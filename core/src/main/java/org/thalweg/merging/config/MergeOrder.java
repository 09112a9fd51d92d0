package org.thalweg.merging.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.thalweg.failure.Shown;
import org.thalweg.storage.YamlPlace;

/** Brings the merges of one file into an order in which each comes after those whose results it uses. */
final class MergeOrder {
    private final Map<String, Entry> named = new LinkedHashMap<>();
    private final Set<Entry> done = new LinkedHashSet<>();
    private final Set<String> open = new LinkedHashSet<>();

    private MergeOrder() {}

    /** A merge and where it stands; of several equal ones each is one of its own, by its place. */
    private record Entry(MergeConfiguration merge, YamlPlace place) {}

    /**
     * The order.
     *
     * @param merges as they stand in the file
     * @param places of each
     * @return all of them, the one without a name last, or where all have names the last of the file
     */
    static List<MergeConfiguration> of(List<MergeConfiguration> merges, List<YamlPlace> places) {
        MergeOrder order = new MergeOrder();
        List<Entry> unnamed = new ArrayList<>();
        Entry last = new Entry(merges.getLast(), places.getLast());
        for (int i = 0; i < merges.size(); i++) {
            Entry entry = new Entry(merges.get(i), places.get(i));
            entry.merge().name().ifPresentOrElse(name -> order.name(name, entry), () -> unnamed.add(entry));
        }
        if (unnamed.size() > 1) {
            throw unnamed.get(1).place().wrong("a second merge has no 'name', expected at most one, which is what the "
                    + "file is for; name the others");
        }
        Entry wanted = unnamed.isEmpty() ? last : unnamed.getFirst();
        order.named.values().stream().filter(entry -> !entry.equals(wanted)).forEach(order::place);
        if (order.done.contains(wanted)) {
            throw wanted.place().wrong("the last merge of the file is used by another one, so it is open what the file "
                    + "is for; write that merge last, or without a 'name'");
        }
        order.place(wanted);
        return order.done.stream().map(Entry::merge).toList();
    }

    private void name(String name, Entry entry) {
        if (named.putIfAbsent(name, entry) != null) {
            throw entry.place().wrong("a second merge has the name " + Shown.name(name)
                    + ", expected another name for each");
        }
    }

    private void place(Entry entry) {
        if (done.contains(entry)) {
            return;
        }
        String name = entry.merge().name().orElse("");
        if (!open.add(name)) {
            throw entry.place().wrong("the merge " + Shown.name(name) + " uses its own result, by way of "
                    + Shown.names(open));
        }
        entry.merge().models().stream().filter(named::containsKey).map(named::get).forEach(this::place);
        open.remove(name);
        done.add(entry);
    }
}
