def loraRank = param('lora-rank', 16)

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora { rank loraRnk }
    }
}
