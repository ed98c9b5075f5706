// Teaches the quickstart's model to look at pictures, in some minutes on two cores.
pipeline('vision') {
    description 'A ticket and a picture in, a routing record out'

    prepare {
        dataset 'tickets/tickets.jsonl', format: chat  // written by pictures.py; each row names a picture
        split train: 84.percent, validation: 6.percent, test: 10.percent
        maxTokens 128
    }
    initialize {
        model '../../quickstart/base-model'
    }
    setup {
        seed 42
    }
    train {
        by command('vision')                   // the operator's trainer of this name
        method lora { rank 16; alpha 32 }
        steps 200
        batch size: 16
        learningRate cosine(peak: 2.5e-3, warmup: 20.steps)
        checkpoint every: 50.steps, keep: 2
        validate every: 50.steps
    }
    evaluate {
        metric loss                            // of the text without the pictures
        maxNewTokens 48
    }
    deploy {
        target directory('tickets/model')      // its folder current/adapter is the trained language part
    }
}
