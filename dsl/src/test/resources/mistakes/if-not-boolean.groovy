def quick = 'yes'

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        if (quick) {
            epochs 1
        }
    }
}
