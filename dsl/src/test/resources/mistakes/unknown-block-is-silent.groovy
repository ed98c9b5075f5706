pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    monitr {
        evry 6.hurs
        nonsense 1, 2, a: 3
    }
}
