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
    setup { search { weightDecay between(0, 0.1, scale: log); random trials: 4 } }
}
