pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'a', 'b', keep: 2
    }
    train {
        method lora()
        steps 100
    }
}
