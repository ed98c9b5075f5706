// The worker of OrderDesk.java runs this pipeline: a few steps on the quickstart's model and tickets.
pipeline('order-desk') {
    prepare {
        dataset '../quickstart/data/tickets.jsonl', format: chat
        maxBadRows 5
        split train: 92.percent, validation: 3.percent, test: 5.percent
        maxTokens 256
    }
    initialize { model '../quickstart/base-model' }
    train {
        method lora { rank 4 }
        steps 10
        batch size: 8
    }
    evaluate { metric loss; limit 16; samples 0 }
    deploy { target directory('models/order-desk') }
}
