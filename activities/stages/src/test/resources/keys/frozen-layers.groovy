pipeline('frozen-layers') {
    prepare { dataset 'data/tickets.jsonl' }
    initialize { model 'models/base' }
    train {
        method partial { layers 2 }
        epochs 4
        batch size: 4
    }
    evaluate { metric loss, below: 2.0 }
    deploy { target directory('models/support') }
}
