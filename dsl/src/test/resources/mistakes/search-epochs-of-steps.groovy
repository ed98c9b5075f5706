pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora(); steps 20
    }
    setup { search { epochs 1, 2; steps 10 } }
}
