pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'a', 'b', steps: 20, keep: 1
    }
    train {
        method lora()
        steps 100
    }
}
